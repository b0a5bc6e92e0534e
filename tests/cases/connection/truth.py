from tests.cases.truth import ANY, Tables, nodes, ordered, record


def answer(tables: Tables) -> object:
    tickets = tables["crm"]["tickets"]
    page = ordered(tickets, subject="DESC", opened_at="ASC")[:3]
    return {
        "tickets": {
            "__typename": "TicketConnection",
            "edges": [
                {
                    "__typename": "TicketEdge",
                    "cursor": ANY,
                    "node": record("Ticket", row, "rowId", "subject"),
                }
                for row in page
            ],
            **nodes("Ticket", page, "rowId", "openedAt"),
            "pageInfo": {
                "__typename": "PageInfo",
                "hasNextPage": True,
                "hasPreviousPage": False,
                "startCursor": ANY,
                "endCursor": ANY,
            },
            "totalCount": len(tickets),
        },
        "onlyCount": {"totalCount": len(tickets)},
        "empty": {
            "edges": [],
            "pageInfo": {
                "hasNextPage": False,
                "hasPreviousPage": False,
                "startCursor": None,
                "endCursor": None,
            },
            "totalCount": 0,
        },
        "nothing": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}},
        "default": {
            **nodes("Review", tables["shop"]["reviews"][:50], "rowId"),
            "pageInfo": {"hasNextPage": True},
        },
    }
