"""Whether a session has written, and what became of it: how a commit that reached only some is noticed."""

from enum import Enum, auto

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from gateway.sources.blocking import WatchedSession


class Writes(Enum):
    """What became of what a session wrote."""

    NONE = auto()
    PENDING = auto()
    COMMITTED = auto()
    LOST = auto()


class SourceSession(WatchedSession):
    """An ordinary session that notes whether it has written. Statements of `connection()` are not seen."""


def writes_of(session: Session) -> Writes:
    """What became of the writes of a session, with those it has yet to flush."""
    if session.new or session.dirty or session.deleted:
        return Writes.PENDING
    found: Writes = session.info.get("writes", Writes.NONE)
    return found


@event.listens_for(SourceSession, "before_flush")
def _note_flush(session: Session, _context: object, _instances: object) -> None:
    if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
        session.info["writes"] = Writes.PENDING


@event.listens_for(SourceSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info["writes"] = Writes.PENDING


@event.listens_for(SourceSession, "after_commit")
def _note_commit(session: Session) -> None:
    if session.info.get("writes") is Writes.PENDING and not session.in_nested_transaction():
        session.info["writes"] = Writes.COMMITTED


@event.listens_for(SourceSession, "after_soft_rollback")
def _note_rollback(session: Session, transaction: SessionTransaction) -> None:
    if session.info.get("writes") is Writes.PENDING and not transaction.nested:
        session.info["writes"] = Writes.LOST
