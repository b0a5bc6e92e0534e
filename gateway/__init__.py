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
    PartiallyCommitted,
    SourceError,
    UnknownTenant,
)
from gateway.http.tenant import TenantClaim, TenantHeader, TenantPath
from gateway.mutation.decisions import decisions_table
from gateway.schema.extend import computed, extend
from gateway.sources.blended import BlendedSession
from gateway.sources.declare import EntityOptions, FieldOptions, Link, OnWrite, claim
from gateway.sources.source import Source

__all__ = [
    "BadUserInput",
    "BlendedSession",
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
    "OnWrite",
    "PartiallyCommitted",
    "Settings",
    "Source",
    "SourceError",
    "TenantClaim",
    "TenantHeader",
    "TenantPath",
    "UnknownTenant",
    "claim",
    "computed",
    "decisions_table",
    "extend",
]
