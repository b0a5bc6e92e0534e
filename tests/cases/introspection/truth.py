from tests.cases.truth import Tables


def field(name: str, kind: str, type_: str | None, inner: str | None = None) -> object:
    return {
        "name": name,
        "type": {"kind": kind, "name": type_, "ofType": {"name": inner} if inner else None},
    }


def answer(_: Tables) -> object:
    return {
        "__type": {
            "name": "Tag",
            "kind": "OBJECT",
            "description": "A word that products of any category can share.",
            "interfaces": [{"name": "Node"}],
            "fields": [
                field("id", "NON_NULL", None, "ID"),
                field("rowId", "NON_NULL", None, "Int"),
                field("name", "NON_NULL", None, "String"),
                field("products", "OBJECT", "ProductConnection"),
            ],
        },
        "__schema": {"queryType": {"name": "Query"}, "mutationType": {"name": "Mutation"}},
        "oneOf": {"isOneOf": True, "inputFields": [{"name": "id"}, {"name": "rowId"}, {"name": "name"}]},
        "unknown": None,
    }
