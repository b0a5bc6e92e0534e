from tests.cases.truth import Row, Tables, nodes, one, ordered, record


def answer(tables: Tables) -> object:
    sales, shop = tables["sales"], tables["shop"]

    def customer(order: Row) -> object:
        return record("Customer", one(tables["crm"]["customers"], id=order["customer_id"]), "name", "country")

    def product(item: Row) -> object:
        found = one(shop["products"], id=item["product_id"])
        category = record("Category", one(shop["categories"], id=found["category_id"]), "name")
        return record("Product", found, "title", category=category)

    def items(order: Row) -> object:
        found = [row for row in sales["order_items"] if row["order_id"] == order["id"]]
        return nodes("OrderItem", found[:5], "quantity", product=product)

    newest = ordered(sales["orders"], placed_at="DESC")[:3]
    names = ("number", "placedAt", "total", "currency")
    return {"orders": nodes("Order", newest, *names, customer=customer, items=items)}
