from collections.abc import Callable
from datetime import time

from tests.cases.truth import Tables, count, nodes, ordered


def answer(tables: Tables) -> object:
    tickets = tables["crm"]["tickets"]
    ten = time(10)

    def at(test: Callable[[time], bool]) -> object:
        return count(tickets, lambda row: row["callback_time"] is not None and test(row["callback_time"]))

    same = [row for row in tickets if row["callback_time"] == ten]
    last = ordered(tickets, callback_time="DESC")[:4]
    return {
        "eq": nodes("Ticket", same, "rowId", "callbackTime"),
        "neq": at(lambda hour: hour != ten),
        "in": at(lambda hour: hour in (ten, time(10, 30))),
        "nin": at(lambda hour: hour != ten),
        "gt": at(lambda hour: hour > ten),
        "gte": at(lambda hour: hour >= time(17)),
        "lt": at(lambda hour: hour < time(8, 15)),
        "lte": at(lambda hour: hour <= time(8, 15)),
        "isNull": count(tickets, lambda row: row["callback_time"] is None),
        "ordered": nodes("Ticket", last, "rowId", "callbackTime"),
    }
