from datetime import datetime

from tests.cases.truth import Tables, count, nodes


def answer(tables: Tables) -> object:
    orders, tickets = tables["sales"]["orders"], tables["crm"]["tickets"]
    moment = datetime(2022, 1, 4, 6, 4, 32)
    several = (moment, datetime(2022, 1, 7, 2))
    closed = datetime(2021, 7, 14, 10, 32, 43)
    early = [
        row for row in tables["crm"]["customers"] if row["created_at"] <= datetime(2021, 3, 12, 19, 1, 34)
    ]
    return {
        "eq": nodes("Order", orders[:1], "rowId", "placedAt"),
        "eqOtherZone": nodes("Order", orders[:1], "rowId"),
        "neq": count(orders, lambda row: row["placed_at"] != moment),
        "in": nodes("Order", [row for row in orders if row["placed_at"] in several], "rowId"),
        "nin": count(orders, lambda row: row["placed_at"] not in several),
        "gt": count(orders, lambda row: row["placed_at"] > datetime(2026, 1, 1)),
        "gte": count(orders, lambda row: row["placed_at"] >= moment),
        "lt": count(orders, lambda row: row["placed_at"] < datetime(2023, 1, 1, 5)),
        "lte": count(orders, lambda row: row["placed_at"] <= moment),
        "isNull": count(tickets, lambda row: row["closed_at"] is None),
        "isNotNull": count(tickets, lambda row: row["closed_at"] is not None),
        "neqOfNullable": count(tickets, lambda row: row["closed_at"] not in (None, closed)),
        "onMariaDB": nodes("Customer", early, "createdAt"),
    }
