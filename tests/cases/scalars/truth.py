from tests.cases.truth import Tables, nodes, one, ordered, record


def answer(tables: Tables) -> object:
    crm, sales, shop = tables["crm"], tables["sales"], tables["shop"]
    products = [row for row in shop["products"] if row["id"] in (1, 2, 3, 198)]
    own = ["id", "rowId", "sku", "title", "price", "active", "weightKg"]
    fields = [*own, "attributes", "categoryId", "released", "thumbnail"]
    tickets = [row for row in crm["tickets"] if row["id"] in (1, 3, 4, 5, 6, 7, 250, 251)]
    refunds = [row for row in sales["payments"] if row["amount"] < 0][:2]
    payments = ordered(sales["payments"], reference="DESC")[:4]
    assert min(row["reference"] for row in payments) > 2**53
    return {
        "products": nodes("Product", products, *fields),
        "tickets": nodes("Ticket", tickets, "id", "subject", "openedAt", "closedAt", "callbackTime", "uuid"),
        "payments": nodes("Payment", payments, "id", "method", "amount", "paidAt", "reference"),
        "refunds": nodes(
            "Payment",
            refunds,
            "amount",
            order=lambda row: record(
                "Order", one(sales["orders"], id=row["order_id"]), "status", "total", "placedAt"
            ),
        ),
        "customers": nodes("Customer", ordered(crm["customers"], name="DESC")[:30], "name", "tier"),
        "longest": nodes("Review", [shop["reviews"][at - 1] for at in (1, 2, 100, 500)], "body"),
    }
