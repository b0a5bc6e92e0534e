from collections import Counter

from tests.cases.truth import Row, Tables, count


def answer(tables: Tables) -> object:
    customers = {row["id"]: row for row in tables["crm"]["customers"]}
    orders, items = tables["sales"]["orders"], tables["sales"]["order_items"]
    shop = tables["shop"]
    products = {row["id"]: row for row in shop["products"]}
    categories = {row["id"]: row for row in shop["categories"]}
    number = Counter(row["customer_id"] for row in orders)
    paid = Counter(row["order_id"] for row in tables["sales"]["payments"])
    tags = Counter(row["product_id"] for row in shop["product_tags"])

    def of(rows: list[Row], column: str, key: int) -> list[Row]:
        return [row for row in rows if row[column] == key]

    def by_customer(key: int) -> list[Row]:
        return of(orders, "customer_id", key)

    def in_category(item: Row) -> bool:
        category = categories[products[item["product_id"]]["category_id"]]
        return category["parent_id"] is not None and "o" in categories[category["parent_id"]]["name"]

    def all_well(customer: Row) -> bool:
        return all(row["rating"] >= 4 for row in of(shop["reviews"], "customer_id", customer["id"]))

    lines: dict[int, list[Row]] = {}
    for item in items:
        lines.setdefault(item["order_id"], []).append(item)
    everyone = list(customers.values())
    german = {row["id"] for row in everyone if row["country"] == "DE"}
    return {
        "toOne": count(orders, lambda row: row["customer_id"] in german),
        "anyCustomer": count(orders, lambda row: row["customer_id"] in customers),
        "noCustomer": count(orders, lambda row: row["customer_id"] not in customers),
        "dangling": count(shop["reviews"], lambda row: row["customer_id"] not in customers),
        "some": count(everyone, lambda c: any(o["status"].name == "RETURNED" for o in by_customer(c["id"]))),
        "none": count(everyone, lambda c: all(o["status"].name == "PAID" for o in by_customer(c["id"]))),
        "every": count(everyone, all_well),
        "notEvery": count(everyone, lambda row: not all_well(row)),
        "few": count(everyone, lambda row: number[row["id"]] < 2),
        "without": count(everyone, lambda row: number[row["id"]] == 0),
        "many": count(everyone, lambda row: number[row["id"]] in (10, 11, 12)),
        "local": count(
            orders,
            lambda row: (
                any(item["quantity"] > 2 for item in lines.get(row["id"], []))
                and len(lines.get(row["id"], [])) >= 4
            ),
        ),
        "threeSources": count(
            orders,
            lambda row: (
                row["customer_id"] in customers
                and customers[row["customer_id"]]["country"] in ("FR", "US")
                and any(map(in_category, lines.get(row["id"], [])))
            ),
        ),
        "eitherSource": count(
            orders,
            lambda row: (
                row["status"].name == "PENDING"
                or (
                    row["customer_id"] in customers
                    and customers[row["customer_id"]]["tier"].name == "ENTERPRISE"
                )
            ),
        ),
        "junction": count(
            list(products.values()),
            lambda row: (
                tags[row["id"]] >= 3
                and any(r["customer_id"] in german for r in of(shop["reviews"], "product_id", row["id"]))
            ),
        ),
        "listedNone": count(orders, lambda row: paid[row["id"]] == 1),
    }
