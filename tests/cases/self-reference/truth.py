from tests.cases.truth import Row, Rows, Tables, nodes


def answer(tables: Tables) -> object:
    categories = tables["shop"]["categories"]
    names = {row["id"]: row["name"] for row in categories}

    def below(parent: Row | None) -> Rows:
        return [row for row in categories if row["parent_id"] == (parent["id"] if parent else None)]

    def tops(top: Row) -> object:
        def middles(middle: Row) -> object:
            above = {"name": middle["name"], "parent": {"name": names[top["id"]], "parent": None}}
            found = below(middle)
            return {**nodes("Category", found, "name", parent=lambda _: above), "totalCount": len(found)}

        return nodes("Category", below(top), "name", children=middles)

    return {"categories": nodes("Category", below(None), "name", parent=lambda _: None, children=tops)}
