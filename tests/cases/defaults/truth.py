from tests.cases.truth import Tables, nodes, ordered


def answer(tables: Tables) -> object:
    french = [row for row in tables["crm"]["customers"] if row["country"] == "FR"]
    returned = [row for row in tables["sales"]["orders"] if row["status"].name == "RETURNED"]
    tags = tables["shop"]["tags"]
    return {
        "customers": nodes("Customer", ordered(french, name="DESC")[:2], "name"),
        "orders": nodes("Order", returned[:2], "number"),
        "several": nodes("Tag", tags[:2], "name"),
        "one": nodes("Tag", tags[4:5], "name"),
        "inside": nodes("Tag", tags[1:3], "name"),
    }
