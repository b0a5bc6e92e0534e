from tests.cases.truth import Tables, nodes


def answer(tables: Tables) -> object:
    guests = [row for row in tables["sales"]["orders"] if row["customer_id"] is None]
    return {
        "orders": nodes("Order", guests[:2], "rowId", customer=lambda _: None),
        "customers": {"nodes": []},
    }
