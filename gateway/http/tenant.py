"""Which tenant a request is for: from a header, the path, a claim of the caller, or an app's own function."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gateway.context import Caller
from gateway.errors import Problem, UnknownTenant
from gateway.sources.source import Source

OwnTenant = Callable[[Request], str | Awaitable[str | None] | None]
"""An app's own way; None or an empty text when the request names no tenant."""

PATH_PARAMETER = "tenant"


@dataclass(frozen=True, slots=True)
class TenantHeader:
    """The tenant is what a header says. A client can write what it likes there: let `caller` check it."""

    name: str = "X-Tenant"


@dataclass(frozen=True, slots=True)
class TenantPath:
    """The tenant is the first part of the path: `/acme/graphql`, and `/{tenant}/…` in routes of the app.

    A client can write what it likes there: let `caller` check it.
    """


@dataclass(frozen=True, slots=True)
class TenantClaim:
    """The tenant is a claim of the `Caller`, which `caller` has verified."""

    name: str = "tenant"


TenantOf = TenantHeader | TenantPath | TenantClaim | OwnTenant


async def tenant_of(way: TenantOf, request: Request, caller: Caller) -> str:
    """The tenant a request names; whether there is such a one is not looked at. Raises UnknownTenant."""
    hint = "Say which tenant the request is for."
    match way:
        case TenantHeader(name):
            found, hint = request.headers.get(name), f"Send the header {name}."
        case TenantPath():
            found, hint = (
                request.path_params.get(PATH_PARAMETER),
                "Begin the path with the tenant: /acme/graphql.",
            )
        case TenantClaim(name):
            found, hint = caller.claims.get(name), "Sign in as somebody who belongs to a tenant."
        case _:
            answer = way(request)
            found = await answer if inspect.isawaitable(answer) else answer
    if not found:
        raise UnknownTenant(None, hint)
    return str(found)


def tenant_problems(sources: Sequence[Source], tenant: TenantOf | None) -> Iterator[Problem]:
    """Mistakes about tenants that no source shows by itself."""
    tenanted = [source for source in sources if source.tenants is not None]
    if tenanted and tenant is None:
        names = " and ".join(source.name for source in tenanted)
        hint = "Say where a request names its tenant: Gateway(…, tenant=TenantClaim())."
        yield Problem("Gateway(tenant)", f"{names} has a database per tenant", hint)
    if tenant is not None and not tenanted:
        hint = "Give a source its databases, Source.from_models(…, tenants=…), or leave tenant= out."
        yield Problem("Gateway(tenant)", "no source has tenants", hint)
    known = {source.name: set(source.tenant_names) for source in tenanted if source.tenant_names is not None}
    everywhere = set.union(*known.values()) if known else set()
    for name, names_there in known.items():
        if missing := sorted(everywhere - names_there):
            message = f"it lacks the tenants {', '.join(missing)}, which another source has"
            yield Problem(
                f"source {name!r}", message, "Give every tenant a database in each of these sources."
            )
