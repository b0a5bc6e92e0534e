"""Everything the demo's databases hold, as plain Python values."""

from gateway.demo.seed.crm import crm_rows
from gateway.demo.seed.draws import Row
from gateway.demo.seed.sales import sales_rows
from gateway.demo.seed.shop import shop_rows


def rows() -> dict[str, dict[str, list[Row]]]:
    """Source -> table -> rows in the order they are inserted, parents before children.

    A row maps every column to the value SQLAlchemy would return. Each call builds equal rows anew.
    """
    crm = crm_rows()
    shop = shop_rows(crm["customers"])
    sales = sales_rows(crm["customers"], shop["products"])
    return {"crm": crm, "sales": sales, "shop": shop}
