"""From sources and links to the catalog, or to the list of everything that is wrong with them."""

from collections.abc import Sequence

from gateway.catalog.check import check_names, check_options, check_sources
from gateway.catalog.draft import Draft, Problems
from gateway.catalog.entities import draft_entities, entity_description
from gateway.catalog.keys import unique_keys
from gateway.catalog.links import Links
from gateway.catalog.relations import add_junctions, add_relationships
from gateway.catalog.types import Catalog, Entity
from gateway.errors import ConfigurationError
from gateway.sources.declare import Link
from gateway.sources.source import Source


def build_catalog(sources: Sequence[Source], links: Sequence[Link] = ()) -> Catalog:
    """The catalog of all sources: entities in the order of the sources, by name within one.

    Connects to no database. Raises ConfigurationError with every problem at once.
    """
    problems = Problems()
    check_sources(sources, problems)
    drafts = draft_entities(sources, problems)
    add_relationships(drafts, problems)
    add_junctions(drafts, problems)
    ends = Links(sources, drafts, problems)
    for link in links:
        ends.add(link)
    check_options(drafts, problems)
    check_names(drafts, problems)
    if problems:
        raise ConfigurationError(problems)
    order = {source.name: position for position, source in enumerate(sources)}
    ordered = sorted(drafts, key=lambda draft: (order[draft.source.name], draft.name))
    return Catalog({draft.name: _entity(draft) for draft in ordered}, tuple(order))


def _entity(draft: Draft) -> Entity:
    names: dict[object, str] = {field.column: field.name for field in draft.fields}
    options = draft.options
    return Entity(
        name=draft.name,
        singular=draft.singular,
        plural=draft.plural,
        source=draft.source.name,
        mapped=draft.mapped,
        table=draft.table,
        fields={field.name: field for field in draft.fields},
        relations={relation.name: relation for _, relation in draft.relations},
        key=tuple(names[column] for column in draft.mapper.primary_key),
        unique_keys=unique_keys(draft),
        description=entity_description(draft),
        read_only=options.read_only or not draft.source.mutations,
        rows=draft.rows,
        hidden_from=frozenset(options.hide_from),
        by_attribute={field.attribute: field for field in draft.fields},
        tenanted=draft.source.tenants is not None,
        version=next((field for field in draft.fields if field.attribute == options.version), None),
    )
