import re

from tests.cases.truth import Row, Tables, count, nodes


def answer(tables: Tables) -> object:
    customers, tickets = tables["crm"]["customers"], tables["crm"]["tickets"]
    products = tables["shop"]["products"]

    def country(test: object) -> object:
        return count(customers, lambda row: test(row["country"]))  # type: ignore[operator]

    def title(test: object) -> object:
        return count(products, lambda row: test(row["title"]))  # type: ignore[operator]

    def subject(test: object) -> object:
        return count(tickets, lambda row: test(row["subject"]))  # type: ignore[operator]

    def quoted(row: Row) -> bool:
        return "'" in row["title"]

    return {
        "eq": country(lambda text: text == "DE"),
        "eqOtherCase": {"totalCount": 0},
        "neq": country(lambda text: text != "DE"),
        "in": country(lambda text: text in ("DE", "FR")),
        "nin": country(lambda text: text not in ("DE", "FR")),
        "gt": count(customers, lambda row: row["name"] > "M"),
        "gte": country(lambda text: text >= "FR"),
        "lt": count(customers, lambda row: row["name"] < "a"),
        "lte": country(lambda text: text <= "FR"),
        "isNull": {"totalCount": 0},
        "isNotNull": {"totalCount": 300},
        "contains": title(lambda text: "mug" in text),
        "iContains": title(lambda text: "mug" in text.lower()),
        "startsWith": title(lambda text: text.startswith("T")),
        "startsWithSmall": title(lambda text: text.startswith("t")),
        "iStartsWith": title(lambda text: text.lower().startswith("tō")),
        "endsWith": title(lambda text: text.endswith("leather")),
        "iEndsWith": title(lambda text: text.lower().endswith("leather")),
        "like": title(lambda text: re.fullmatch(".*o.e.*, .*", text, re.DOTALL)),
        "iLike": title(lambda text: re.fullmatch("tō.*p.t.*", text.lower(), re.DOTALL)),
        "percent": subject(lambda text: "50%" in text),
        "percentIsNoWildcard": {"totalCount": 0},
        "underscoreIsNoWildcard": {"totalCount": 0},
        "backslash": title(lambda text: "\\" in text),
        "escaped": subject(lambda text: text.startswith("50% ")),
        "sharpS": subject(lambda text: "straße" in text.lower()),
        "japanese": subject(lambda text: "届きません" in text),
        "empty": {"totalCount": len(tickets)},
        "quote": nodes("Product", filter(quoted, products), "title"),
        "range": country(lambda text: "D" <= text < "F" and text != "ES"),
    }
