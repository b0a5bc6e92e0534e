from tests.cases.truth import Tables, count


def answer(tables: Tables) -> object:
    items, orders = tables["sales"]["order_items"], tables["sales"]["orders"]
    return {
        "eq": count(items, lambda row: row["quantity"] == 12),
        "neq": count(items, lambda row: row["quantity"] != 1),
        "in": count(items, lambda row: row["quantity"] in (3, 4)),
        "nin": count(items, lambda row: row["quantity"] not in (1, 2)),
        "gt": count(items, lambda row: row["quantity"] > 3),
        "gte": count(items, lambda row: row["quantity"] >= 3),
        "lt": count(items, lambda row: row["quantity"] < 3),
        "lte": count(items, lambda row: row["quantity"] <= 3),
        "isNull": {"totalCount": 0},
        "isNotNull": count(orders, lambda row: row["customer_id"] is not None),
        "neqOfNullable": count(orders, lambda row: row["customer_id"] not in (None, 5)),
        "ninOfNullable": count(orders, lambda row: row["customer_id"] not in (None, 5, 6)),
        "largest": {"totalCount": len(items)},
    }
