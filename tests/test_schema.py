"""The generated schema: its text in full, its inputs, what it refuses, and the files made from it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLScalarType,
    get_introspection_query,
    get_operation_ast,
    parse,
    parse_value,
    validate,
    validate_schema,
)
from graphql.execution import get_variable_values
from graphql.utilities import build_schema as build_from_text
from graphql.utilities import coerce_input_literal, validate_input_literal
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Catalog, Entity, Field, Operators, Relation, Scalar, UniqueKey
from gateway.errors import ConfigurationError
from gateway.mutation.errors import ErrorCode
from gateway.schema import export
from gateway.schema.build import build_schema, graphql_schema
from gateway.schema.rules import RULES

EXPECTED = Path(__file__).with_suffix(".graphql")


class Base(DeclarativeBase):
    pass


class OrderRow(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    total: Mapped[Decimal | None]
    state: Mapped[str]
    extra: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


class ItemRow(Base):
    __tablename__ = "items"

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    gift_of: Mapped[int | None]


class BlobRow(Base):
    __tablename__ = "blobs"

    digest: Mapped[bytes] = mapped_column(primary_key=True)


STATE = Scalar(
    "OrderState", Operators.EQUALITY, str, None, description="Where it is.", values=("OPEN", "mro")
)
DECIMAL = replace(
    SCALARS["Decimal"], specified_by="https://example.org/decimal", description="An exact number."
)
JSON = replace(SCALARS["JSON"], specified_by=None, description=None)


def fields(row: type[Any], scalars: Mapping[str, Scalar], **other: Any) -> dict[str, Field]:
    """Fields by GraphQL name, from the attribute of the same name in snake case."""
    made = {}
    for name, scalar in scalars.items():
        attribute = other.get(name, name)
        column = row.__table__.c[attribute]
        made[name] = Field(name, attribute, column, scalar, bool(column.nullable))
    return made


def order() -> Entity:
    own = fields(
        OrderRow,
        {
            "rowId": SCALARS["Int"],
            "number": SCALARS["String"],
            "total": DECIMAL,
            "state": STATE,
            "extra": JSON,
        },
        rowId="id",
    )
    own["number"] = replace(own["number"], description="Printed on the invoice.")
    own["total"] = replace(own["total"], hidden_from=frozenset({"anonymous"}))
    items = Relation("items", "Order", "Item", ("id",), ("order_id",), True, False, True)
    return Entity(
        name="Order",
        singular="order",
        plural="orders",
        source="sales",
        mapped=OrderRow,
        table=OrderRow.__table__,
        fields=own,
        relations={"items": items},
        key=("rowId",),
        unique_keys=(UniqueKey("rowId", ("rowId",)), UniqueKey("number", ("number",))),
        description="What a customer\nhas bought.",
    )


def item() -> Entity:
    own = fields(ItemRow, {"orderId": SCALARS["Int"], "line": SCALARS["Int"]}, orderId="order_id")
    return Entity(
        name="Item",
        singular="item",
        plural="items",
        source="sales",
        mapped=ItemRow,
        table=ItemRow.__table__,
        fields=own,
        relations={
            "order": Relation("order", "Item", "Order", ("order_id",), ("id",), False, False, False),
            "giftOf": Relation(
                "giftOf", "Item", "Order", ("gift_of",), ("id",), False, True, True, description="If a gift."
            ),
        },
        key=("orderId", "line"),
        unique_keys=(UniqueKey("orderIdAndLine", ("orderId", "line")),),
    )


def blob() -> Entity:
    """An entity with nothing to sort by and its key hidden."""
    return Entity(
        name="Blob",
        singular="blob",
        plural="blobs",
        source="sales",
        mapped=BlobRow,
        table=BlobRow.__table__,
        fields=fields(BlobRow, {"digest": SCALARS["Bytes"]}),
        relations={},
        key=("digest",),
        unique_keys=(),
    )


def catalog_of(*entities: Entity) -> Catalog:
    return Catalog({entity.name: entity for entity in entities}, ("sales",))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return catalog_of(order(), item())


@pytest.fixture(scope="module")
def schema(catalog: Catalog) -> strawberry.Schema:
    return build_schema(catalog)


def messages(schema: strawberry.Schema, query: str) -> list[str]:
    return [error.message for error in validate(graphql_schema(schema), parse(query), RULES)]


def variables(schema: strawberry.Schema, query: str, values: dict[str, Any]) -> Any:
    """The coerced variables of the only operation, or the errors."""
    document: DocumentNode = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    answer = get_variable_values(graphql_schema(schema), operation.variable_definitions or (), values)
    return answer if isinstance(answer, list) else answer.coerced


# The text of the schema


def test_the_schema_of_two_entities_in_full(schema: strawberry.Schema) -> None:
    assert export.sdl(schema) == EXPECTED.read_text(encoding="utf-8")


def test_the_schema_is_valid(schema: strawberry.Schema) -> None:
    assert validate_schema(graphql_schema(schema)) == []
    assert validate_schema(build_from_text(export.sdl(schema))) == []


def test_the_printed_schema_builds_and_prints_the_same(schema: strawberry.Schema) -> None:
    text = export.sdl(schema)
    assert export.print_sorted(build_from_text(text)) == text


def test_two_builds_give_the_same_files(catalog: Catalog, schema: strawberry.Schema) -> None:
    again = catalog_of(order(), item())
    assert export.exported(build_schema(again), again) == export.exported(schema, catalog)


def test_introspection_answers_and_knows_one_of(schema: strawberry.Schema) -> None:
    answer = schema.execute_sync(get_introspection_query(input_value_deprecation=True, one_of=True))
    assert answer.errors is None
    assert answer.data is not None
    one_of = {type_["name"] for type_ in answer.data["__schema"]["types"] if type_.get("isOneOf")}
    assert one_of == {
        "CreateOrderOneInput",
        "ItemAggregateOrderBy",
        "ItemGroupBy",
        "ItemGroupOrderBy",
        "ItemMaxOrderBy",
        "ItemMinOrderBy",
        "ItemOrderBy",
        "ItemSumOrderBy",
        "ItemUniqueKey",
        "OrderGroupBy",
        "OrderGroupOrderBy",
        "OrderMaxOrderBy",
        "OrderMinOrderBy",
        "OrderOrderBy",
        "OrderSumOrderBy",
        "UpdateOrderOneInput",
        "OrderUniqueKey",
    }


def test_an_entity_without_sort_fields_and_unique_keys_has_no_empty_input() -> None:
    schema = build_schema(catalog_of(blob()))
    types = graphql_schema(schema).type_map
    assert set(types["Query"].fields) == {"node", "nodes", "blob", "blobBy", "blobs"}  # type: ignore[attr-defined]
    assert "orderBy" not in types["Query"].fields["blobs"].args  # type: ignore[attr-defined]
    assert "groups" not in types["BlobConnection"].fields  # type: ignore[attr-defined]
    assert not {"BlobOrderBy", "SortOrder"} & set(types)
    assert list(types["BytesFilter"].fields) == ["isNull"]  # type: ignore[attr-defined]


def test_a_catalog_without_entities_still_has_a_schema() -> None:
    assert set(graphql_schema(build_schema(catalog_of())).query_type.fields) == {"node", "nodes"}  # type: ignore[union-attr]


def test_names_taken_twice_are_refused_together() -> None:
    taken = replace(blob(), name="OrderWhere")
    inverted = replace(order().fields["state"], name="not")
    clashing = replace(order(), fields={**order().fields, "not": inverted}, relations={})
    with pytest.raises(ConfigurationError) as caught:
        build_schema(catalog_of(clashing, taken))
    places = {problem.place for problem in caught.value.problems}
    assert places == {"OrderWhere", "OrderWhere.not"}


# Fields answer only through the pipeline


def test_a_generated_root_refuses_to_run_through_strawberry(schema: strawberry.Schema) -> None:
    answer = schema.execute_sync(
        '{ orders(where: {number: {eq: "1"}}, orderBy: [{number: ASC}]) { totalCount } }'
    )
    assert answer.data == {"orders": None}
    assert answer.errors is not None
    assert "execute through GatewaySchema" in answer.errors[0].message
    assert answer.errors[0].extensions == {"code": "INTERNAL_SERVER_ERROR", "retryable": False}


# Inputs

GOOD = [
    ("Int", "7", 7, 7),
    ("Float", "1.5", 1.5, 1.5),
    ("String", '"x"', "x", "x"),
    ("Boolean", "true", True, True),
    ("BigInt", '"9007199254740993"', "9007199254740993", 9007199254740993),
    ("BigInt", "9007199254740993", 9007199254740993, 9007199254740993),
    ("Decimal", '"0.10"', "0.10", Decimal("0.10")),
    ("Decimal", "3", 3, Decimal(3)),
    ("Date", '"2024-02-29"', "2024-02-29", date(2024, 2, 29)),
    ("Time", '"08:30:00"', "08:30:00", time(8, 30)),
    (
        "UUID",
        '"4f2d1c3e-0000-4000-8000-00000000000a"',
        "4f2d1c3e-0000-4000-8000-00000000000a",
        UUID("4f2d1c3e-0000-4000-8000-00000000000a"),
    ),
    ("Bytes", '"AAE="', "AAE=", b"\x00\x01"),
    (
        "JSON",
        '{a: [1, 2.5, "x", null, true]}',
        {"a": [1, 2.5, "x", None, True]},
        {"a": [1, 2.5, "x", None, True]},
    ),
]

BAD = [
    ("BigInt", '"many"', "many"),
    ("BigInt", "1.5", 1.5),
    ("BigInt", "true", True),
    ("Decimal", '"1,5"', "1,5"),
    ("DateTime", '"yesterday"', "yesterday"),
    ("DateTime", "5", 5),
    ("Date", '"2023-02-29"', "2023-02-29"),
    ("Date", "20240229", 20240229),
    ("Time", '"25:00:00"', "25:00:00"),
    ("UUID", '"4f2d"', "4f2d"),
    ("Bytes", '"*"', "*"),
]


def with_scalar(name: str) -> GraphQLScalarType:
    """The GraphQL scalar of a schema whose only entity has one field of it."""
    own = replace(order(), relations={}, unique_keys=())
    own = replace(own, fields={"value": replace(own.fields["total"], name="value", scalar=SCALARS[name])})
    scalar = graphql_schema(build_schema(catalog_of(own))).type_map[name]
    assert isinstance(scalar, GraphQLScalarType)
    return scalar


@pytest.mark.parametrize(("name", "literal", "value", "expected"), GOOD)
def test_a_scalar_reads_literals_and_variables_alike(
    name: str, literal: str, value: Any, expected: Any
) -> None:
    scalar = with_scalar(name)
    from_literal = coerce_input_literal(parse_value(literal), scalar)
    assert from_literal == expected
    assert type(from_literal) is type(expected)
    assert scalar.coerce_input_value(value) == expected


def test_a_date_time_keeps_its_moment() -> None:
    scalar = with_scalar("DateTime")
    moment = datetime(2024, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    assert scalar.coerce_input_value("2024-05-01T14:00:00.250+02:00") == moment
    assert coerce_input_literal(parse_value('"2024-05-01T12:00:00.250Z"'), scalar) == moment


def test_a_scalar_takes_what_any_column_of_it_takes() -> None:
    assert with_scalar("BigInt").coerce_input_value(str(2**64 - 1)) == 2**64 - 1
    with pytest.raises(GraphQLError, match="BigInt"):
        with_scalar("BigInt").coerce_input_value(str(2**64))


@pytest.mark.parametrize(("name", "literal", "value"), BAD)
def test_a_scalar_refuses_with_a_coded_error(name: str, literal: str, value: Any) -> None:
    scalar = with_scalar(name)
    with pytest.raises(GraphQLError, match=name) as caught:
        scalar.coerce_input_value(value)
    assert caught.value.extensions["code"] == "BAD_USER_INPUT"
    errors: list[GraphQLError] = []
    validate_input_literal(parse_value(literal), scalar, lambda error, _: errors.append(error))
    assert [error.extensions.get("code") for error in errors] == ["BAD_USER_INPUT"]
    assert errors[0].nodes


@pytest.mark.parametrize("text", ["1.10", "-0.50", "12345678901234567890.12345678901234567890", "1e3"])
def test_a_decimal_literal_keeps_every_digit(text: str) -> None:
    scalar = with_scalar("Decimal")
    assert str(coerce_input_literal(parse_value(text), scalar)) == str(Decimal(text))


def test_a_bare_word_is_no_json() -> None:
    with pytest.raises(GraphQLError, match="JSON cannot represent OPEN"):
        with_scalar("JSON").coerce_input_literal(parse_value("OPEN"))  # type: ignore[misc]


def test_a_bad_variable_names_itself_and_keeps_the_code(schema: strawberry.Schema) -> None:
    errors = variables(schema, "query ($where: OrderWhere) { __typename }", {"where": {"total": {"eq": "x"}}})
    assert len(errors) == 1
    assert "$where" in errors[0].message
    assert errors[0].extensions["code"] == "BAD_USER_INPUT"


def test_an_enum_becomes_a_member_whose_value_is_the_label(schema: strawberry.Schema) -> None:
    query = "query ($where: OrderWhere, $by: [OrderOrderBy!]) { __typename }"
    values = {"where": {"state": {"in": ["OPEN", "mro"]}}, "by": [{"state": "DESC_NULLS_FIRST"}]}
    coerced = variables(schema, query, values)
    assert [member.value for member in coerced["where"]["state"]["in"]] == ["OPEN", "mro"]
    assert coerced["by"][0]["state"].value == "DESC_NULLS_FIRST"
    assert variables(schema, query, {"where": {"state": {"eq": "CLOSED"}}})[0].message.startswith("Variable")


# One of


@pytest.mark.parametrize(
    "query",
    [
        "{ orders(orderBy: [{number: ASC, state: DESC}]) { totalCount } }",
        "{ orders(orderBy: [{}]) { totalCount } }",
        "{ orders(orderBy: [{number: null}]) { totalCount } }",
        "query ($d: SortOrder) { orders(orderBy: [{number: $d}]) { totalCount } }",
        "query ($d: SortOrder) { orders(orderBy: {number: $d}) { totalCount } }",
        "query ($by: OrderOrderBy) { orders(orderBy: [$by]) { totalCount } }",
        "query ($n: Int) { orderBy(key: {rowId: $n}) { id } }",
        '{ orderBy(key: {rowId: 1, number: "1"}) { id } }',
        "{ itemBy(key: {orderIdAndLine: {orderId: 1}}) { line } }",
    ],
)
def test_validation_refuses_other_than_exactly_one_field(schema: strawberry.Schema, query: str) -> None:
    assert len(messages(schema, query)) == 1


def test_validation_accepts_exactly_one_field(schema: strawberry.Schema) -> None:
    query = """query ($d: SortOrder!) {
        orders(orderBy: [{number: $d}, {rowId: ASC}]) { nodes { number } }
        itemBy(key: {orderIdAndLine: {orderId: 1, line: 2}}) { order { state } giftOf { id } }
        node(id: "x") { ... on Order { items(first: 2, where: {not: {line: {gt: 1}}}) { nodes { line } } } }
    }"""
    assert messages(schema, query) == []


@pytest.mark.parametrize("by", [[{}], [{"number": "ASC", "state": "ASC"}], [{"number": None}]])
def test_variables_refuse_other_than_exactly_one_field(schema: strawberry.Schema, by: Any) -> None:
    errors = variables(schema, "query ($by: [OrderOrderBy!]) { __typename }", {"by": by})
    assert isinstance(errors, list)
    assert "$by" in errors[0].message


def test_json_cannot_be_sorted_or_compared(schema: strawberry.Schema) -> None:
    assert messages(schema, "{ orders(orderBy: [{extra: ASC}]) { totalCount } }")
    assert messages(schema, "{ orders(where: {extra: {eq: 1}}) { totalCount } }")
    assert messages(schema, "{ orders(where: {extra: {isNull: true}}) { totalCount } }") == []


# Files for clients


def test_the_files_for_clients(schema: strawberry.Schema, catalog: Catalog) -> None:
    files = {name: json.loads(text) for name, text in export.client_files(schema, catalog).items()}
    policy = {"keyArgs": ["where", "orderBy"], "relayStyle": True}
    assert files == {
        "possibleTypes.json": {
            "MutationError": sorted(code.type_name for code in ErrorCode),
            "Node": ["Item", "Order"],
        },
        "codegen-scalars.json": {"BigInt": "string", "Decimal": "string", "JSON": "unknown"},
        "apollo-type-policies.json": {
            "Query": {"fields": {"orders": policy, "items": policy}},
            "Order": {"fields": {"items": policy}},
        },
    }


def test_every_custom_scalar_has_a_typescript_type() -> None:
    assert set(export.TYPESCRIPT_TYPES) == set(SCALARS) - {"Int", "Float", "String", "Boolean", "ID"}


def test_drift_names_what_write_writes(tmp_path: Path, schema: strawberry.Schema, catalog: Catalog) -> None:
    every = sorted(export.exported(schema, catalog))
    assert sorted(export.drift(tmp_path, schema, catalog)) == every
    assert sorted(export.write(tmp_path, schema, catalog)) == every
    assert export.drift(tmp_path, schema, catalog) == []
    assert (tmp_path / "schema.graphql").read_bytes().endswith(b"}\n")
    (tmp_path / "schema.graphql").write_text("type Query { old: Int }\n")
    (tmp_path / "clients" / "possibleTypes.json").unlink()
    stale = ["schema.graphql", "clients/possibleTypes.json"]
    assert export.drift(tmp_path, schema, catalog) == stale
    assert export.write(tmp_path, schema, catalog) == stale
