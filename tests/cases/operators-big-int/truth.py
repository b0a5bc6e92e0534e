from tests.cases.truth import Tables, count, nodes

REFERENCE = 7854959266182871702


def answer(tables: Tables) -> object:
    payments = tables["sales"]["payments"]
    found = [row for row in payments if row["reference"] == REFERENCE]
    return {
        "eq": nodes("Payment", found, "rowId", "reference"),
        "eqLiteral": nodes("Payment", found, "rowId"),
        "eqNeighbour": {"totalCount": 0},
        "neq": {"totalCount": len(payments) - len(found)},
        "in": nodes("Payment", payments[:2], "reference"),
        "nin": {"totalCount": len(payments) - 2},
        "gt": count(payments, lambda row: row["reference"] > REFERENCE),
        "gte": count(payments, lambda row: row["reference"] >= REFERENCE),
        "lt": count(payments, lambda row: row["reference"] < 2**62),
        "lte": count(payments, lambda row: row["reference"] <= 100002),
        "isNull": {"totalCount": 0},
        "largest": {"totalCount": len(payments)},
    }
