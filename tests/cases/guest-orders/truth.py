from tests.cases.truth import Row, Tables, nodes


def answer(tables: Tables) -> object:
    orders = tables["sales"]["orders"]
    guests = [row for row in orders if row["customer_id"] is None]
    names = {row["id"]: row["name"] for row in tables["crm"]["customers"]}
    assert {row["customer_id"] is None for row in orders[:40]} == {True, False}

    def customer(order: Row) -> object:
        return {"name": names[order["customer_id"]]} if order["customer_id"] is not None else None

    return {
        "guests": {
            **nodes("Order", guests[:3], "number", "customerId", customer=lambda _: None),
            "totalCount": len(guests),
        },
        "both": nodes("Order", orders[:40], "number", customer=customer),
    }
