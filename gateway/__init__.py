"""One GraphQL graph over several databases."""

from gateway.app import Gateway
from gateway.config import Settings
from gateway.context import Caller, Context
from gateway.errors import (
    BadUserInput,
    BudgetExceeded,
    ConfigurationError,
    Forbidden,
    GatewayError,
    SourceError,
)
from gateway.sources.declare import EntityOptions, FieldOptions, Link, claim
from gateway.sources.source import Source

__all__ = [
    "BadUserInput",
    "BudgetExceeded",
    "Caller",
    "ConfigurationError",
    "Context",
    "EntityOptions",
    "FieldOptions",
    "Forbidden",
    "Gateway",
    "GatewayError",
    "Link",
    "Settings",
    "Source",
    "SourceError",
    "claim",
]
