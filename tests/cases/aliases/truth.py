from tests.cases.truth import Row, Tables, nodes, ordered


def answer(tables: Tables) -> object:
    customers = tables["crm"]["customers"]
    german = [row for row in customers if row["country"] == "DE"]
    french = [row for row in customers if row["country"] == "FR"]

    def orders(customer: Row, **order: str) -> object:
        found = [row for row in tables["sales"]["orders"] if row["customer_id"] == customer["id"]]
        return {"list": [{"no": row["number"]} for row in ordered(found, **order)[:1]]}

    people = [
        {
            "who": row["name"],
            "id": row["email"],
            "recent": orders(row, placed_at="DESC"),
            "first": orders(row),
        }
        for row in german[:2]
    ]
    return {
        "german": {"people": people, "count": len(german)},
        "french": {**nodes("Customer", french[:2], "name"), "page": {"more": len(french) > 2}},
        "a": {"name": customers[0]["name"]},
        "b": {"name": customers[1]["name"]},
    }
