from tests.cases.truth import ANY, Row, Rows, Tables, nodes


def answer(tables: Tables) -> object:
    customers, orders = tables["crm"]["customers"][:8], tables["sales"]["orders"]

    def of(customer: Row, after: int = 0) -> Rows:
        return [row for row in orders if row["customer_id"] == customer["id"] and row["id"] > after]

    def first(customer: Row) -> object:
        found = of(customer)
        end = ANY if found else None
        return {
            **nodes("Order", found[:2], "rowId"),
            "pageInfo": {"hasNextPage": len(found) > 2, "endCursor": end},
        }

    place = of(customers[2])[:2][-1]["id"]

    def second(customer: Row) -> object:
        found = of(customer, place)
        return {
            **nodes("Order", found[:2], "rowId"),
            "pageInfo": {"hasPreviousPage": True, "hasNextPage": len(found) > 2},
        }

    return {
        "First": {"customers": nodes("Customer", customers, "rowId", orders=first)},
        "AfterOrderOfTheThird": {"customers": nodes("Customer", customers, "rowId", orders=second)},
    }
