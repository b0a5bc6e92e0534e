from tests.cases.truth import Row, Tables, nodes, one, ordered, record


def answer(tables: Tables) -> object:
    sales, shop, customers = tables["sales"], tables["shop"], tables["crm"]["customers"]

    def product(item: Row) -> object:
        found = one(shop["products"], id=item["product_id"])
        category = record("Category", one(shop["categories"], id=found["category_id"]), "name")
        return record("Product", found, "title", category=category)

    def items(order: Row) -> object:
        found = [row for row in sales["order_items"] if row["order_id"] == order["id"]]
        return nodes("OrderItem", found, "quantity", product=product)

    def order(item: Row) -> object:
        found = one(sales["orders"], id=item["order_id"])
        buyer = [row for row in customers if row["id"] == found["customer_id"]]
        return record("Order", found, "number", customer={"name": buyer[0]["name"]} if buyer else None)

    def order_items(product: Row) -> object:
        found = [row for row in sales["order_items"] if row["product_id"] == product["id"]]
        return nodes("OrderItem", ordered(found, id="DESC")[:2], "unitPrice", order=order)

    orders = [row for row in sales["orders"] if row["customer_id"] == 22][:3]
    products = [row for row in shop["products"] if row["category_id"] == 15][:3]
    return {
        "customer": record(
            "Customer", one(customers, id=22), "name", orders=nodes("Order", orders, "number", items=items)
        ),
        "category": record(
            "Category",
            one(shop["categories"], id=15),
            "name",
            products=nodes("Product", products, "title", orderItems=order_items),
        ),
    }
