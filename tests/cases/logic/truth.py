from decimal import Decimal

from tests.cases.truth import Tables, count, nodes


def answer(tables: Tables) -> object:
    orders = [{**row, "status": row["status"].name} for row in tables["sales"]["orders"]]
    everything, nothing = {"totalCount": len(orders)}, {"totalCount": 0}
    known = [row for row in orders if row["customer_id"] is not None]
    five = count(known, lambda row: row["customer_id"] == 5)
    not_five = count(known, lambda row: row["customer_id"] != 5)
    variable = [row for row in known if row["status"] == "PENDING" and row["currency"] != "EUR"]
    return {
        "and": count(orders, lambda row: row["status"] == "PAID" and row["currency"] == "USD"),
        "or": count(orders, lambda row: row["status"] == "PAID" or row["currency"] == "GBP"),
        "not": count(orders, lambda row: row["currency"] != "EUR"),
        # Without a customer "not customerId < 50" is neither true nor false.
        "together": count(
            known,
            lambda row: (
                row["currency"] != "EUR"
                and (
                    row["status"] == "PENDING"
                    or (row["status"] == "RETURNED" and row["total"] > Decimal(500))
                )
                and row["customer_id"] >= 50
            ),
        ),
        "notBoth": count(orders, lambda row: not (row["status"] == "PAID" and row["currency"] == "USD")),
        "orOfObjects": count(
            orders,
            lambda row: (row["status"] == "PAID" and row["currency"] == "USD") or row["status"] == "PENDING",
        ),
        "notNot": five,
        "eqUnknown": five,
        "notEqUnknown": not_five,
        "eitherUnknown": {"totalCount": len(known)},
        "unknownOrTrue": everything,
        # Of a guest's order: not (unknown and true) is unknown, not (unknown and false) is true.
        "notUnknownAnd": count(
            orders,
            lambda row: row["status"] != "PAID" or row["customer_id"] not in (None, 5),
        ),
        "notIn": not_five,
        "notNin": five,
        "notIsNull": {"totalCount": len(known)},
        "inNone": nothing,
        "ninNone": everything,
        "notInNone": everything,
        "orNone": nothing,
        "andNone": everything,
        "notOrNone": everything,
        "notAndNone": nothing,
        "notAll": nothing,
        "orWithAll": everything,
        "empty": everything,
        "null": everything,
        "absent": everything,
        "variable": {"totalCount": len(variable), **nodes("Order", variable[:50], "number")},
    }
