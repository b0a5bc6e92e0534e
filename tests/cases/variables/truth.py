from tests.cases.truth import Tables, count, nodes, one, record


def answer(tables: Tables) -> object:
    reviews = tables["shop"]["reviews"]
    own = [row for row in reviews if row["customer_id"] == 11 and row["rating"] >= 3]
    low = [row for row in reviews if row["rating"] == 2]
    return {
        "customer": {"reviews": nodes("Review", own[:3], "rowId", "rating")},
        "filter": {**nodes("Review", low[:3], "rating"), "totalCount": len(low)},
        "either": count(
            reviews,
            lambda row: (row["product_id"] == 24 or row["customer_id"] in (11, 12)) and row["rating"] >= 4,
        ),
        "tags": {"totalCount": 0},
        "productBy": record("Product", one(tables["shop"]["products"], id=9), "sku"),
    }
