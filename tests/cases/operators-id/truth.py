from tests.cases.truth import Tables, nodes


def answer(tables: Tables) -> object:
    customers, categories = tables["crm"]["customers"], tables["shop"]["categories"]
    assert categories[4]["parent_id"] == 1
    return {
        "eq": nodes("Customer", customers[3:4], "id", "rowId"),
        "neq": {"totalCount": 299},
        "in": nodes("Customer", customers[:2], "rowId"),
        "nin": {"totalCount": 298},
        "inNone": {"totalCount": 0},
        "ninNone": {"totalCount": 300},
        "nested": {
            "nodes": [
                {"children": nodes("Category", categories[4:5], "name")},
                {"children": {"nodes": []}},
            ]
        },
    }
