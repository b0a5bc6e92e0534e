from tests.cases.truth import ANY, Rows, Tables, nodes, ordered


def answer(tables: Tables) -> object:
    orders = ordered(tables["sales"]["orders"], status="ASC", placed_at="DESC")
    tickets = tables["crm"]["tickets"]
    return {
        "End": page(orders[-4:], False),
        "BeforeThat": page(orders[-8:-4], True),
        "NullsFirstFromTheEnd": {
            "tickets": nodes(
                "Ticket", ordered(tickets, closed_at="DESC_NULLS_FIRST")[-20:], "rowId", "closedAt"
            )
        },
        "NullsLastFromTheEnd": {
            "tickets": nodes("Ticket", ordered(tickets, closed_at="ASC")[-20:], "rowId", "closedAt")
        },
    }


def page(rows: Rows, more: bool) -> object:
    info = {"hasNextPage": more, "hasPreviousPage": True, "startCursor": ANY, "endCursor": ANY}
    return {"orders": {**nodes("Order", rows, "rowId", "status"), "pageInfo": info}}
