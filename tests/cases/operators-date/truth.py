from datetime import date

from tests.cases.truth import Tables, count, nodes


def answer(tables: Tables) -> object:
    products = tables["shop"]["products"]
    day = date(2021, 8, 6)
    both = (day, date(2021, 11, 14))
    return {
        "eq": nodes("Product", [row for row in products if row["released"] == day], "rowId", "released"),
        "neq": count(products, lambda row: row["released"] != day),
        "in": nodes("Product", [row for row in products if row["released"] in both], "rowId"),
        "nin": count(products, lambda row: row["released"] != day),
        "gt": count(products, lambda row: row["released"] > date(2026, 6, 30)),
        "gte": count(products, lambda row: row["released"] >= day),
        "lt": count(products, lambda row: row["released"] < date(2020, 2, 29)),
        "lte": count(products, lambda row: row["released"] <= day),
        "isNull": {"totalCount": 0},
    }
