from tests.cases.truth import ANY, Rows, Tables, nodes, ordered


def answer(tables: Tables) -> object:
    products = ordered(tables["shop"]["products"], weight_kg="ASC_NULLS_FIRST", price="DESC")
    nulls = sum(row["weight_kg"] is None for row in products)
    assert 12 < nulls < 200, "the first page has to end among nulls"
    return {
        "First": page(products[:12], True, False),
        "Second": page(products[12:24], True, True),
        "Third": page(products[24:], False, True),
        "BackFromThird": page(products[4:24], True, True),
    }


def page(rows: Rows, more: bool, previous: bool) -> object:
    info = {"hasNextPage": more, "hasPreviousPage": previous, "startCursor": ANY, "endCursor": ANY}
    return {"products": {**nodes("Product", rows, "rowId"), "pageInfo": info}}
