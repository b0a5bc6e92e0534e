"""One session over all sources: each call finds its database by the mapped class or the tables it names.

    sessions.get(Customer, 1)                  # in crm
    sessions.scalars(select(Order))            # in sales
    sessions["crm"].execute(text("SELECT 1"))  # what names no table needs its source named
    sessions.commit()                          # source by source

There is no transaction over several sources here: `commit` commits one after the other and says plainly
when it got only some of them done.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable, Result, ScalarResult
from sqlalchemy.orm import Session

from gateway.errors import PartiallyCommitted
from gateway.sources.routes import Routes
from gateway.sources.sessions import Sessions
from gateway.sources.writes import Writes, writes_of

T = TypeVar("T")


class Routed(Protocol):
    """What knows the routes; they are made when first needed."""

    @property
    def routes(self) -> Routes: ...


class BlendedSession(Sessions):
    """The sessions of one operation, and at once a session over all of them.

    Arguments and results are those of `sqlalchemy.orm.Session`. Raises `Unroutable` for `text()`, a select
    without a table, and tables of two sources; `sessions["crm"]` takes those.
    """

    def __init__(
        self,
        factories: Mapping[str, Callable[[], Session]],
        routed: Routed,
        end: Callable[[str, Session], None] | None = None,
        turns: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(factories, end, turns)
        self._routed = routed

    def get(self, entity: type[T], ident: Any, **options: Any) -> T | None:
        """The instance with this primary key, None when there is none."""
        return self[self._routed.routes.of_class(entity)].get(entity, ident, **options)

    def add(self, instance: object) -> None:
        """Have the instance inserted or updated with the next flush of its source."""
        self[self._routed.routes.of_instance(instance)].add(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """`add` each; none is added when one belongs to no source."""
        routed = [(self._routed.routes.of_instance(instance), instance) for instance in instances]
        for name, instance in routed:
            self[name].add(instance)

    def delete(self, instance: object) -> None:
        """Have the instance deleted with the next flush of its source."""
        self[self._routed.routes.of_instance(instance)].delete(instance)

    def execute(self, statement: Executable, params: Any = None, **options: Any) -> Result[Any]:
        """Run a statement whose tables are all in one source."""
        return self[self._routed.routes.of_statement(statement)].execute(statement, params, **options)

    def scalars(self, statement: Executable, params: Any = None, **options: Any) -> ScalarResult[Any]:
        """As `execute`, for the first column of the rows."""
        return self[self._routed.routes.of_statement(statement)].scalars(statement, params, **options)

    def scalar(self, statement: Executable, params: Any = None, **options: Any) -> Any:
        """As `execute`, for the first column of the first row; None without rows."""
        return self[self._routed.routes.of_statement(statement)].scalar(statement, params, **options)

    def flush(self) -> None:
        """Send what was added, changed and deleted to its databases, within their transactions."""
        for session in tuple(self.opened.values()):
            session.flush()

    def rollback(self) -> None:
        """Roll every source back."""
        for session in tuple(self.opened.values()):
            session.rollback()

    def commit(self) -> None:
        """Flush every source, then commit one after the other.

        What the first of them raises is raised as it is, and everything is rolled back. When a later one
        fails, the others are rolled back and PartiallyCommitted names the sources on each side.
        """
        try:
            self.flush()
            for session in tuple(self.opened.values()):
                session.commit()
        except Exception as error:  # not every driver's error is one of SQLAlchemy's
            lost = self.partly_committed()
            for session in tuple(self.opened.values()):
                with suppress(Exception):
                    session.rollback()
            if lost is not None:
                raise lost from error
            raise

    def partly_committed(self) -> PartiallyCommitted | None:
        """The error to report when some sources' writes are committed and those of others are not."""
        sides = {name: writes_of(session) for name, session in self.opened.items()}
        done = [name for name, writes in sides.items() if writes is Writes.COMMITTED]
        lost = [name for name, writes in sides.items() if writes in (Writes.PENDING, Writes.LOST)]
        return PartiallyCommitted(done, lost) if done and lost else None
