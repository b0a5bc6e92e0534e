from tests.cases.truth import Tables, nodes


def answer(tables: Tables) -> object:
    return {
        "before": {"name": tables["shop"]["tags"][0]["name"]},
        "__type": {"name": "Customer"},
        "after": nodes("Customer", tables["crm"]["customers"][:1], "name"),
        "__typename": "Query",
        "__schema": {"queryType": {"name": "Query"}},
        "nobody": None,
    }
