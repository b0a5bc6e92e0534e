"""`gateway recover --app tests.ledger_app:gateway`: the account books that LEDGER_ORDERS tells of."""

import os
import pickle
from base64 import b64decode, b64encode

from gateway import Gateway
from tests.crash.app import Orders

ORDERS = "LEDGER_ORDERS"


def environment(orders: Orders) -> dict[str, str]:
    """What tells a process of its account books."""
    return {ORDERS: b64encode(pickle.dumps(orders)).decode()}


def gateway() -> Gateway:
    orders = pickle.loads(b64decode(os.environ[ORDERS]))
    assert isinstance(orders, Orders)
    return orders.gateway()
