from decimal import Decimal

from tests.cases.truth import ANY, Row, Rows, Tables, nodes, ordered, record


def answer(tables: Tables) -> object:
    def of(customer: Row) -> Rows:
        return [row for row in tables["sales"]["orders"] if row["customer_id"] == customer["id"]]

    def two(customer: Row) -> object:
        found = of(customer)
        return {**nodes("Order", found[:2], "rowId"), "pageInfo": {"hasNextPage": len(found) > 2}}

    def newest(customer: Row) -> object:
        return nodes("Order", ordered(of(customer), placed_at="DESC")[:1], "placedAt")

    def last_two(customer: Row) -> object:
        found = ordered(of(customer), total="ASC")
        return {**nodes("Order", found[-2:], "total"), "pageInfo": {"hasPreviousPage": len(found) > 2}}

    def none(customer: Row) -> object:
        found = of(customer)
        return {"nodes": [], "pageInfo": {"hasNextPage": bool(found)}, "totalCount": len(found)}

    def large(customer: Row) -> object:
        found = [row for row in of(customer) if row["total"] > Decimal(1000)]
        return {**nodes("Order", found[:3], "total"), "totalCount": len(found)}

    def addresses(customer: Row) -> object:
        found = [row for row in tables["crm"]["addresses"] if row["customer_id"] == customer["id"]]
        edges = [{"cursor": ANY, "node": record("Address", row, "city")} for row in found[:1]]
        return {"edges": edges, "totalCount": len(found)}

    customers = tables["crm"]["customers"][:12]
    more = {"two": two, "newest": newest, "lastTwo": last_two, "none": none, "large": large}
    return {"customers": nodes("Customer", customers, "rowId", **more, addresses=addresses)}
