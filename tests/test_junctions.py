"""Junctions without a unique pair: each related row once in lists, pages and numbers, on every database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Gateway, Source
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Base(DeclarativeBase): ...


LINKS = sa.Table(
    "links",
    Base.metadata,
    sa.Column("post_id", sa.Integer),
    sa.Column("tag_id", sa.Integer),
)
WORDS = sa.Table(
    "words",
    Base.metadata,
    sa.Column("post_name", sa.String(20)),
    sa.Column("tag_id", sa.Integer),
)
CELLS = sa.Table(
    "post_cells",
    Base.metadata,
    sa.Column("post_id", sa.Integer),
    sa.Column("x", sa.Integer),
    sa.Column("y", sa.Integer),
)
FRIENDS = sa.Table("friends", Base.metadata, sa.Column("one", sa.Integer), sa.Column("other", sa.Integer))


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    posts: Mapped[list["Post"]] = relationship(
        secondary=LINKS,
        primaryjoin=lambda: Tag.id == sa.orm.foreign(LINKS.c.tag_id),
        secondaryjoin=lambda: Post.id == sa.orm.foreign(LINKS.c.post_id),
        viewonly=False,
    )


class Cell(Base):
    __tablename__ = "cells"
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)
    tags: Mapped[list[Tag]] = relationship(
        secondary=LINKS,
        primaryjoin=lambda: Post.id == sa.orm.foreign(LINKS.c.post_id),
        secondaryjoin=lambda: Tag.id == sa.orm.foreign(LINKS.c.tag_id),
        overlaps="posts",
    )
    words: Mapped[list[Tag]] = relationship(
        secondary=WORDS,
        primaryjoin=lambda: Post.name == sa.orm.foreign(WORDS.c.post_name),
        secondaryjoin=lambda: Tag.id == sa.orm.foreign(WORDS.c.tag_id),
    )
    cells: Mapped[list[Cell]] = relationship(
        secondary=CELLS,
        primaryjoin=lambda: Post.id == sa.orm.foreign(CELLS.c.post_id),
        secondaryjoin=lambda: sa.and_(
            Cell.x == sa.orm.foreign(CELLS.c.x), Cell.y == sa.orm.foreign(CELLS.c.y)
        ),
    )
    friends: Mapped[list["Post"]] = relationship(
        secondary=FRIENDS,
        primaryjoin=lambda: Post.id == sa.orm.foreign(FRIENDS.c.one),
        secondaryjoin=lambda: Post.id == sa.orm.foreign(FRIENDS.c.other),
    )
    marks: Mapped[list["Mark"]] = relationship(secondary="markings", viewonly=True)


class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]


class Marking(Base):
    """A junction that is an entity itself, and says nothing of its pairs."""

    __tablename__ = "markings"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Post.id))
    mark_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Mark.id))
    note: Mapped[str | None] = mapped_column(sa.String(20))


POSTS, TAGS = {1: "red", 2: "blue", 3: "green", 4: "none"}, {1: 10, 2: 20, 3: 30, 4: 40}
PAIRS = [(1, 1), (1, 1), (1, 2), (1, 1), (2, 1), (2, 3), (2, 3), (3, 4), (3, 9), (9, 1), (None, 1), (1, None)]
PAIRS += [(None, None), (None, None), (1, 3), (1, 2), *[(3, 4)] * 9]
GRID = [(1, 1, 1), (1, 1, 1), (1, 1, 2), (2, 2, 1), (2, 2, 1), (3, 1, None), (3, 5, 5)]


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    folder: Path = tmp_path_factory.mktemp("junctions")
    with database(request.param, "gw_junctions", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            fill(connection)
        yield url


def fill(connection: sa.Connection) -> None:
    connection.execute(sa.insert(Post), [{"id": key, "name": name} for key, name in POSTS.items()])
    for model in (Tag, Mark):
        connection.execute(sa.insert(model), [{"id": key, "size": size} for key, size in TAGS.items()])
    connection.execute(sa.insert(Cell), [{"x": x, "y": y} for x in (1, 2) for y in (1, 2)])
    connection.execute(sa.insert(LINKS), [{"post_id": one, "tag_id": other} for one, other in PAIRS])
    connection.execute(sa.insert(FRIENDS), [{"one": one, "other": other} for one, other in PAIRS])
    names = [{"post_name": POSTS.get(one or 0), "tag_id": other} for one, other in PAIRS]  # type: ignore[arg-type]
    names += [{"post_name": "RED", "tag_id": 4}, {"post_name": "RED", "tag_id": 1}]  # of no post
    connection.execute(sa.insert(WORDS), names)
    connection.execute(sa.insert(CELLS), [{"post_id": post, "x": x, "y": y} for post, x, y in GRID])
    known = [(one, other) for one, other in PAIRS if 9 not in (one, other)]
    rows = [{"post_id": one, "mark_id": other, "note": str(n)} for n, (one, other) in enumerate(known)]
    connection.execute(sa.insert(Marking), rows)


@pytest.fixture
def gateway(url: sa.URL) -> Iterator[Gateway]:
    source = Source.from_models("blog", url, models=Base, mutations=True)
    with closing(Gateway([source])) as opened:
        yield opened


def ask(gateway: Gateway, query: str, **variables: Any) -> Any:
    payload = asyncio.run(gateway.execute(query, variables)).payload()
    assert "errors" not in payload, payload
    return payload["data"]


def related(post: int, many: dict[int, Any] = TAGS) -> list[int]:
    return sorted({other for one, other in PAIRS if one == post and other in many})  # type: ignore[misc]


RELATIONS = pytest.mark.parametrize("name", ["tags", "words", "marks"])


@RELATIONS
def test_lists_and_numbers(gateway: Gateway, name: str) -> None:
    query = f"""{{
      posts {{ nodes {{ rowId {name} {{
        totalCount
        nodes {{ rowId }}
        aggregate {{ count sum {{ size }} avg {{ size }} }}
      }} }} }}
    }}"""
    for node in ask(gateway, query)["posts"]["nodes"]:
        keys = related(node["rowId"])
        sizes = [TAGS[key] for key in keys]
        assert node[name]["nodes"] == [{"rowId": key} for key in keys]
        assert node[name]["totalCount"] == node[name]["aggregate"]["count"] == len(keys)
        assert node[name]["aggregate"]["sum"]["size"] == (str(sum(sizes)) if sizes else None)


@RELATIONS
def test_only_the_count(gateway: Gateway, name: str) -> None:
    """Which may be a part of the parents' own statement."""
    for first in ("", "(first: 2)"):
        nodes = ask(gateway, f"{{ posts{first} {{ nodes {{ rowId {name} {{ totalCount }} }} }} }}")["posts"][
            "nodes"
        ]
        assert [node[name]["totalCount"] for node in nodes] == [len(related(node["rowId"])) for node in nodes]


@RELATIONS
@pytest.mark.parametrize("backward", [False, True])
def test_pages(gateway: Gateway, name: str, backward: bool) -> None:
    size, cursor, more, end = (
        ("last", "before", "hasPreviousPage", "startCursor")
        if backward
        else ("first", "after", "hasNextPage", "endCursor")
    )
    query = f"""query Page($at: String) {{ posts(where: {{ rowId: {{ eq: 1 }} }}) {{ nodes {{
      {name}({size}: 1, {cursor}: $at) {{ nodes {{ rowId }} totalCount pageInfo {{ {more} {end} }} }}
    }} }} }}"""
    seen: list[int] = []
    at = None
    for _ in range(9):
        page = ask(gateway, query, at=at)["posts"]["nodes"][0][name]
        seen += [row["rowId"] for row in page["nodes"]]
        assert page["totalCount"] == 3
        at = page["pageInfo"][end]
        if not page["pageInfo"][more]:
            break
    assert seen == sorted(related(1), reverse=backward)


@RELATIONS
def test_pages_of_several_parents(gateway: Gateway, name: str) -> None:
    query = f"""{{ posts {{ nodes {{
      rowId {name}(first: 2, offset: 1) {{ nodes {{ rowId }} pageInfo {{ hasNextPage }} }}
    }} }} }}"""
    for node in ask(gateway, query)["posts"]["nodes"]:
        keys = related(node["rowId"])
        assert [row["rowId"] for row in node[name]["nodes"]] == keys[1:3]
        assert node[name]["pageInfo"]["hasNextPage"] is (len(keys) > 3)


@RELATIONS
def test_conditions(gateway: Gateway, name: str) -> None:
    def found(where: str) -> list[int]:
        query = f"{{ posts(where: {{ {name}: {where} }}) {{ nodes {{ rowId }} }} }}"
        return [row["rowId"] for row in ask(gateway, query)["posts"]["nodes"]]

    for number in range(5):
        expected = [post for post in POSTS if len(related(post)) == number]
        assert found(f"{{ count: {{ eq: {number} }} }}") == expected
    assert found("{ some: { size: { gt: 20 } } }") == [
        post for post in POSTS if max(related(post), default=0) > 2
    ]
    assert found("{ every: { size: { lt: 40 } } }") == [post for post in POSTS if 4 not in related(post)]
    assert found("{ none: { size: { eq: 10 } } }") == [post for post in POSTS if 1 not in related(post)]


@RELATIONS
def test_orders(gateway: Gateway, name: str) -> None:
    for function, value in (
        ("count", lambda post: len(related(post))),
        ("sum: { size", lambda post: sum(TAGS[key] for key in related(post))),
    ):
        order = f"{{ {name}: {{ {function}: DESC_NULLS_LAST {'}' if '{' in function else ''} }} }}"
        query = f"{{ posts(orderBy: [{order}]) {{ nodes {{ rowId }} }} }}"
        rows = [row["rowId"] for row in ask(gateway, query)["posts"]["nodes"]]
        assert rows == sorted(POSTS, key=lambda post: (-value(post), post)), function


def test_composite_keys_and_the_same_table(gateway: Gateway) -> None:
    query = """{ posts { nodes { rowId
      cells { totalCount nodes { x y } } friends { totalCount nodes { rowId } }
    } } }"""
    for node in ask(gateway, query)["posts"]["nodes"]:
        cells = sorted(
            {(x, y) for post, x, y in GRID if post == node["rowId"] and (x, y) in [(1, 1), (1, 2), (2, 1)]}
        )
        assert node["cells"] == {"totalCount": len(cells), "nodes": [{"x": x, "y": y} for x, y in cells]}
        friends = related(node["rowId"], POSTS)
        assert node["friends"] == {"totalCount": len(friends), "nodes": [{"rowId": key} for key in friends]}


def test_from_the_other_side(gateway: Gateway) -> None:
    for node in ask(gateway, "{ tags { nodes { rowId posts { totalCount nodes { rowId } } } } }")["tags"][
        "nodes"
    ]:
        keys = sorted({one for one, other in PAIRS if other == node["rowId"] and one in POSTS})  # type: ignore[misc]
        assert node["posts"] == {"totalCount": len(keys), "nodes": [{"rowId": key} for key in keys]}


def test_connect_adds_no_pair_twice_and_disconnect_removes_all(url: sa.URL, gateway: Gateway) -> None:
    def pairs(post: int) -> list[int]:
        with connected(url) as engine, engine.connect() as connection:
            found = connection.execute(sa.select(LINKS.c.tag_id).where(LINKS.c.post_id == post))
            return sorted(row[0] for row in found if row[0] is not None)

    write = (
        "mutation { updatePost(key: { rowId: %d }, set: { tags: { %s } }) { post { tags { totalCount } } } }"
    )
    before = pairs(2)
    found = ask(gateway, write % (2, "connect: [{ rowId: 3 }, { rowId: 1 }]"))
    assert pairs(2) == before
    assert found["updatePost"]["post"]["tags"]["totalCount"] == len(related(2))
    found = ask(gateway, write % (2, "disconnect: [{ rowId: 3 }]"))
    assert pairs(2) == [1]
    assert found["updatePost"]["post"]["tags"]["totalCount"] == 1
    ask(gateway, write % (2, "connect: [{ rowId: 3 }, { rowId: 3 }]"))
    assert pairs(2) == [1, 3]
    with connected(url) as engine, engine.begin() as connection:
        connection.execute(sa.delete(LINKS))
        connection.execute(sa.insert(LINKS), [{"post_id": one, "tag_id": other} for one, other in PAIRS])
