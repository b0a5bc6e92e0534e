from tests.cases.truth import ANY, Row, Rows, Tables, nodes, ordered, record


def answer(tables: Tables) -> object:
    shop = tables["shop"]
    pairs = {(row["product_id"], row["tag_id"]) for row in shop["product_tags"]}

    def tags_of(product: Row) -> Rows:
        return [row for row in shop["tags"] if (product["id"], row["id"]) in pairs]

    def tags(product: Row) -> object:
        found = ordered(tags_of(product), name="DESC")
        return {
            **nodes("Tag", found[:2], "name"),
            "pageInfo": {"hasNextPage": len(found) > 2},
            "totalCount": len(found),
        }

    def products(tag: Row) -> object:
        found = [row for row in shop["products"] if (row["id"], tag["id"]) in pairs and row["active"]]
        return {
            "edges": [
                {
                    "cursor": ANY,
                    "node": record("Product", row, "sku", tags=nodes("Tag", tags_of(row), "name")),
                }
                for row in found[:3]
            ],
            "totalCount": len(found),
        }

    wanted = [row for row in shop["tags"] if row["name"] in ("bestseller", "clearance", "award winner")]
    return {
        "products": nodes("Product", ordered(shop["products"], sku="DESC")[:6], "sku", tags=tags),
        "tags": nodes("Tag", wanted, "name", products=products),
    }
