from tests.cases.truth import Row, Rows, Tables, nodes, one, record


def answer(tables: Tables) -> object:
    crm, sales, shop = tables["crm"], tables["sales"], tables["shop"]

    def of(rows: Rows, column: str, row: Row) -> Rows:
        return [each for each in rows if each[column] == row["id"]]

    def payments(order: Row) -> object:
        found = of(sales["payments"], "order_id", order)
        return nodes("Payment", found, "amount", order=lambda _: {"rowId": order["id"]})

    def sku(review: Row) -> object:
        return record("Product", one(shop["products"], id=review["product_id"]), "sku")

    customer = one(crm["customers"], id=11)
    name = {"name": customer["name"]}
    orders = of(sales["orders"], "customer_id", customer)
    addresses = of(crm["addresses"], "customer_id", customer)
    reviews = of(shop["reviews"], "customer_id", customer)
    ticket = one(crm["tickets"], id=5)
    item = one(sales["order_items"], id=9)
    product = one(shop["products"], id=item["product_id"])
    of_product = of(shop["reviews"], "product_id", product)[:1]
    return {
        "customer": {
            "addresses": nodes("Address", addresses, "city", customer=lambda _: {"rowId": 11}),
            "tickets": nodes("Ticket", of(crm["tickets"], "customer_id", customer), "subject"),
            "orders": {
                **nodes("Order", orders[:2], "number", payments=payments),
                "totalCount": len(orders),
            },
            "reviews": nodes("Review", reviews[:2], "rating", product=sku, customer=lambda _: name),
        },
        "ticket": {"customer": {"name": one(crm["customers"], id=ticket["customer_id"])["name"]}},
        "orderItem": {
            "order": {"number": one(sales["orders"], id=item["order_id"])["number"]},
            "product": {
                "sku": product["sku"],
                "reviews": nodes(
                    "Review",
                    of_product,
                    customer=lambda row: record(
                        "Customer", one(crm["customers"], id=row["customer_id"]), "name"
                    ),
                ),
            },
        },
    }
