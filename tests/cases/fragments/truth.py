from tests.cases.truth import Row, Tables, nodes, one, record


def answer(tables: Tables) -> object:
    def page(customer: Row) -> object:
        found = [row for row in tables["sales"]["orders"] if row["customer_id"] == customer["id"]]
        orders = nodes("Order", found[:1], "number")
        return {
            **record("Customer", customer, "name", orders=orders),
            **record("Customer", customer, "country", "tier", "__typename", "id", "email"),
        }

    product = one(tables["shop"]["products"], id=5)
    return {
        "customers": {"nodes": [page(row) for row in tables["crm"]["customers"][:2]]},
        "node": record("Product", product, "__typename", "id", "title"),
    }
