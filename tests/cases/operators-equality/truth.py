from uuid import UUID

from tests.cases.truth import Tables, count, nodes, ordered


def answer(tables: Tables) -> object:
    tickets, customers = tables["crm"]["tickets"], tables["crm"]["customers"]
    orders, payments = tables["sales"]["orders"], tables["sales"]["payments"]
    products = tables["shop"]["products"]
    wanted = UUID("dd489283-f597-4e36-a072-46300f17b67b")
    by_uuid = sorted(tickets, key=lambda row: str(row["uuid"]), reverse=True)
    return {
        "uuidEq": nodes("Ticket", [row for row in tickets if row["uuid"] == wanted], "rowId"),
        "uuidNeq": {"totalCount": len(tickets) - 1},
        "uuidIn": nodes("Ticket", tickets[:2], "rowId"),
        "uuidNin": {"totalCount": len(tickets) - 1},
        "uuidIsNull": {"totalCount": 0},
        "uuidOrder": nodes("Ticket", by_uuid[:3], "uuid"),
        "booleanEq": count(products, lambda row: not row["active"]),
        "booleanNeq": count(products, lambda row: row["active"]),
        "booleanIn": {"totalCount": len(products)},
        "booleanNin": count(products, lambda row: not row["active"]),
        "booleanIsNull": {"totalCount": len(products)},
        "booleanOrder": nodes("Product", ordered(products, active="ASC")[:3], "rowId", "active"),
        "enumEq": count(orders, lambda row: row["status"].name == "SHIPPED"),
        "enumNeq": count(orders, lambda row: row["status"].name != "SHIPPED"),
        "enumIn": count(payments, lambda row: row["method"].name in ("INVOICE", "GIFT_CARD")),
        "enumNin": count(payments, lambda row: row["method"].name not in ("CARD", "WALLET")),
        "enumIsNull": {"totalCount": 0},
        "enumOnMariaDB": count(customers, lambda row: row["tier"].name in ("PRO", "ENTERPRISE")),
        "jsonIsNull": count(products, lambda row: row["attributes"] is None),
        "jsonIsNotNull": count(products, lambda row: row["attributes"] is not None),
        "bytesIsNull": count(products, lambda row: row["thumbnail"] is None),
        "bytesIsNotNull": count(products, lambda row: row["thumbnail"] is not None),
    }
