from tests.cases.truth import Tables, nodes, ordered


def answer(tables: Tables) -> object:
    tickets, customers = tables["crm"]["tickets"], tables["crm"]["customers"]
    sales, products = tables["sales"], tables["shop"]["products"]

    def by(start: int | None, end: int | None, **order: str) -> object:
        return nodes("Ticket", ordered(tickets, **order)[start:end], "rowId")

    return {
        "asc": by(None, 5, callback_time="ASC"),
        "ascLast": by(-5, None, callback_time="ASC"),
        "ascFirst": by(None, 5, callback_time="ASC_NULLS_FIRST"),
        "desc": by(None, 5, callback_time="DESC"),
        "descLast": by(-5, None, callback_time="DESC"),
        "descFirst": by(-5, None, callback_time="DESC_NULLS_FIRST"),
        "several": by(None, 8, callback_time="DESC", subject="ASC", id="DESC"),
        "twice": by(None, 5, subject="ASC"),
        "single": by(None, 5, opened_at="DESC"),
        "empty": by(None, 2),
        "null": by(None, 2),
        "absent": by(None, 2),
        "variable": by(None, 5, callback_time="DESC_NULLS_FIRST", opened_at="DESC"),
        "inside": by(None, 5, subject="DESC"),
        "key": by(None, 2, id="DESC"),
        "labels": nodes("Payment", ordered(sales["payments"], method="DESC")[:3], "rowId", "method"),
        "labelsOnMariaDB": nodes("Customer", ordered(customers, tier="ASC")[:3], "rowId", "tier"),
        "text": nodes("Customer", ordered(customers, name="ASC")[-8:], "name"),
        "decimals": nodes("Order", ordered(sales["orders"], total="DESC")[:3], "total"),
        "bigInts": nodes("Payment", ordered(sales["payments"], reference="DESC")[:3], "reference"),
        "floats": nodes("Product", ordered(products, weight_kg="DESC")[:3], "weightKg"),
        "dates": nodes("Product", ordered(products, released="DESC")[:3], "released"),
    }
