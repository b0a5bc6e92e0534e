from tests.cases.truth import Row, Tables, nodes


def answer(tables: Tables) -> object:
    customers = tables["crm"]["customers"]

    def orders(customer: Row) -> object:
        found = [row for row in tables["sales"]["orders"] if row["customer_id"] == customer["id"]]
        page = nodes("Order", found[:2], "number", "total", customer=lambda _: {"name": customer["name"]})
        return {**page, "totalCount": len(found)}

    def same(customer: Row) -> object:
        found = [row for row in tables["sales"]["orders"] if row["customer_id"] == customer["id"]]
        return nodes("Order", found[:2], "status", customer=lambda _: {"country": customer["country"]})

    page = [
        {
            "name": row["name"],
            "orders": orders(row),
            "country": row["country"],
            "same": same(row),
        }
        for row in customers[:2]
    ]
    return {"customers": {"nodes": page, "totalCount": 300}}
