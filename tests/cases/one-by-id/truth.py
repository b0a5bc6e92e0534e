from tests.cases.truth import Tables, one, record


def answer(tables: Tables) -> object:
    customer = one(tables["crm"]["customers"], id=7)
    product = one(tables["shop"]["products"], id=3)
    return {
        "__typename": "Query",
        "customer": record("Customer", customer, "__typename", "id", "rowId", "name", "country"),
        "product": record("Product", product, "sku", "title"),
        "nobody": None,
    }
