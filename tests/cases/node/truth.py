from tests.cases.truth import Tables, node_id, one, record


def answer(tables: Tables) -> object:
    order = one(tables["sales"]["orders"], id=2)
    customers = tables["crm"]["customers"]
    product = one(tables["shop"]["products"], id=1)
    category = one(tables["shop"]["categories"], id=product["category_id"])
    shown = record("Product", product, "id", "title", category={"name": category["name"]})
    return {
        "node": record(
            "Order",
            order,
            "__typename",
            "id",
            "number",
            customer={"name": one(customers, id=order["customer_id"])["name"]},
        ),
        "lost": None,
        "nodes": [
            record("Customer", one(customers, id=3), "id", "name"),
            shown,
            None,
            record("Customer", one(customers, id=2), "id", "name"),
            shown,
        ],
        "more": [
            {"__typename": "Review", "id": node_id("Review", 1)},
            {"__typename": "Tag", "id": node_id("Tag", 1)},
            {"__typename": "Review", "id": node_id("Review", 1)},
        ],
        "none": [],
    }
