from collections.abc import Callable

from tests.cases.truth import Tables, count, nodes


def answer(tables: Tables) -> object:
    products = tables["shop"]["products"]

    def weighed(test: Callable[[float], bool]) -> object:
        return count(products, lambda row: row["weight_kg"] is not None and test(row["weight_kg"]))

    return {
        "eq": nodes("Product", [row for row in products if row["weight_kg"] == 0.445], "rowId", "weightKg"),
        "neq": weighed(lambda weight: weight != 0.445),
        "in": nodes("Product", [row for row in products if row["weight_kg"] in (0.445, 3.016, 1)], "rowId"),
        "nin": weighed(lambda weight: weight not in (0.445, 3.016)),
        "gt": weighed(lambda weight: weight > 1),
        "gte": weighed(lambda weight: weight >= 3.016),
        "lt": weighed(lambda weight: weight < 0.1),
        "lte": weighed(lambda weight: weight <= 0.445),
        "isNull": count(products, lambda row: row["weight_kg"] is None),
        "isNotNull": weighed(lambda _: True),
    }
