from tests.cases.truth import Row, Tables, nodes, ordered


def answer(tables: Tables) -> object:
    customers = tables["crm"]["customers"]
    categories = tables["shop"]["categories"]
    named = ordered(customers, name="ASC")

    def children(parent: Row) -> object:
        found = [row for row in categories if row["parent_id"] == parent["id"]]
        return {**nodes("Category", found[1:2], "name"), "pageInfo": {"hasNextPage": len(found) > 2}}

    return {
        "customers": {
            **nodes("Customer", named[100:105], "name"),
            "pageInfo": {"hasNextPage": True, "hasPreviousPage": True},
        },
        "end": {**nodes("Customer", customers[298:], "rowId"), "pageInfo": {"hasNextPage": False}},
        "beyond": {"nodes": [], "totalCount": 300},
        "fromTheEnd": nodes("Customer", customers[-5:-2], "rowId"),
        "zero": nodes("Customer", customers[:2], "rowId"),
        "categories": nodes("Category", categories[:4], "name", children=children),
    }
