"""One log line per operation: its name, time and what each source did, never its text or variables."""

import atexit
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

from gateway.config import Settings
from gateway.http.log_lines import Lines, Noted, noted
from gateway.observe import Finished, SourceSummary, Trace

_NAME = "gateway.access"
_LOG = structlog.get_logger(_NAME)
_ID_CHARACTERS = 128
_lines: Lines | None = None
"""Where lines of operations wait, if the gateway's own log is JSON."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")


def configure_logging(settings: Settings) -> None:
    """Send the gateway's log to stderr: lines for people, or one JSON object each (`log_format`).

    An app that configures structlog itself needs no call; the logger's name is in the key `logger`.
    Lines of operations may be written a moment later (`log_delay`), but before those that come after them.
    """
    global _lines
    # Not sys.stderr: what replaces it for a while, such as a test, may be closed before the log is.
    stream = sys.__stderr__ or sys.stderr
    write_lines()
    if settings.log_format == "json":
        _lines = Lines(stream.buffer, settings.log_delay, _operation_line)
        processors: list[Processor] = [_line]
        loggers: Any = structlog.BytesLoggerFactory(stream.buffer)
        stdlib: list[Processor] = [_text_line]
    else:
        _lines = None
        # Tracebacks with local variables would print what clients sent.
        plain = structlog.dev.plain_traceback
        processors = stdlib = [
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain),
        ]
        loggers = structlog.WriteLoggerFactory(stream)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=loggers,
        cache_logger_on_first_use=True,
    )
    _adopt_stdlib(stream, stdlib)


def _adopt_stdlib(stream: TextIO, processors: list[Processor]) -> None:
    """Let lines of the standard library's loggers look the same, unless the app sends them somewhere."""
    handler = logging.StreamHandler(stream)
    own = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name], processors=[own, *processors]
        )
    )
    for name in ("gateway", "uvicorn"):
        if not logging.getLogger(name).hasHandlers():
            logging.getLogger(name).addHandler(handler)


def _line(logger: Any, level: str, event: EventDict) -> bytes:
    """An event as a line of JSON, behind the lines of operations that wait."""
    write_lines()
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, level, event)
    return _rendered(structlog.contextvars.get_contextvars(), event, level, datetime.now(UTC))


def _text_line(logger: Any, level: str, event: EventDict) -> str:
    return _line(logger, level, event).decode()


def _rendered(bound: Mapping[str, Any], event: Mapping[str, Any], level: str, at: datetime) -> bytes:
    line = {**bound, **event, "level": level, "timestamp": at}
    return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)


def log_operation(done: Finished) -> None:
    """Write the line of one operation; `request` and `trace` when its caller sent ids."""
    if _lines is not None and structlog.get_config()["processors"] == [_line]:
        _lines.note(noted(done, structlog.contextvars.get_contextvars()))
    else:
        _LOG.info("operation", logger=_NAME, **_told(done))


def write_lines() -> None:
    """Write the lines of operations that wait."""
    if _lines is not None:
        _lines.write()


atexit.register(write_lines)


def _operation_line(noted: Noted) -> bytes:
    event = {"logger": _NAME, **_told(noted.done), "event": "operation"}
    return _rendered(noted.bound, event, "info", datetime.fromtimestamp(noted.at, UTC))


def _told(done: Finished) -> dict[str, Any]:
    """What is told of an operation."""
    trace = done.trace
    return {
        "name": trace and trace.operation_name,
        "kind": trace and trace.kind,
        "status": done.status,
        "errors": trace.errors if trace else 1,
        "ms": round(done.ms, 2),
        "sources": _rounded(trace) if trace else {},
        **(_ids(done.headers) if done.headers else {}),
    }


def _ids(headers: Mapping[str, str]) -> dict[str, str]:
    """The caller's id of the request, and that of the trace it belongs to."""
    found = {}
    if request := headers.get("x-request-id"):
        found["request"] = request[:_ID_CHARACTERS]
    if parent := _TRACEPARENT.fullmatch(headers.get("traceparent", "")):
        found["trace"] = parent[1]
    return found


def _rounded(trace: Trace) -> dict[str, SourceSummary]:
    """The totals per source with two decimals of a millisecond."""
    totals = trace.summary()
    for total in totals.values():
        total["ms"] = round(total["ms"], 2)
    return totals


def log_refusal(status: int, reason: str) -> None:
    """Write the line of a request that no operation came of."""
    _LOG.info("refused", logger=_NAME, status=status, reason=reason)
