from tests.cases.truth import Tables, one, record


def answer(tables: Tables) -> object:
    customers, shop = tables["crm"]["customers"], tables["shop"]
    ticket = one(tables["crm"]["tickets"], id=1)
    assert ticket["uuid"].hex == "dd489283f5974e36a07246300f17b67b"
    return {
        "byMail": record("Customer", one(customers, email="lucia.nunez@example.org"), "rowId", "email"),
        "byRow": record("Customer", one(customers, id=12), "rowId", "email"),
        "orderBy": record("Order", one(tables["sales"]["orders"], number="SO-2022-000002"), "id", "number"),
        "productBy": record("Product", one(shop["products"], sku="COO-1002"), "rowId", "title"),
        "tagBy": record("Tag", one(shop["tags"], name="bestseller"), "rowId"),
        "ticketBy": record("Ticket", ticket, "rowId", "uuid"),
        "categoryBy": record("Category", one(shop["categories"], id=5), "name"),
        "nobody": None,
        "otherCase": None,
    }
