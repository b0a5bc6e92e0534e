from tests.cases.truth import ANY, Rows, Tables, ordered


def answer(tables: Tables) -> object:
    tickets = ordered(tables["crm"]["tickets"], closed_at="DESC")
    assert tickets[248]["closed_at"] is None, "the page Last has to begin among nulls"
    return {
        "First": page(tickets[:100], True, False),
        "Second": page(tickets[100:200], True, True),
        "Third": page(tickets[200:250], True, True),
        "Last": page(tickets[249:], False, True),
        "Between": page(tickets[206:209], False, True),
        "Beyond": page([], False, True),
    }


def page(rows: Rows, more: bool, previous: bool) -> object:
    return {
        "tickets": {
            "edges": [{"cursor": ANY, "node": {"rowId": row["id"]}} for row in rows],
            "pageInfo": {
                "hasNextPage": more,
                "hasPreviousPage": previous,
                "endCursor": ANY if rows else None,
            },
        }
    }
