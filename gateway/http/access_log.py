"""One log line per operation: its name, time and what each source did, never its text or variables."""

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
from gateway.observe import Finished, SourceSummary, Trace

_NAME = "gateway.access"
_LOG = structlog.get_logger(_NAME)
_ID_CHARACTERS = 128
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")


def configure_logging(settings: Settings) -> None:
    """Send the gateway's log to stderr: lines for people, or one JSON object each (`log_format`).

    An app that configures structlog itself needs no call; the logger's name is in the key `logger`.
    """
    # Not sys.stderr: what replaces it for a while, such as a test, may be closed before the log is.
    stream = sys.__stderr__ or sys.stderr
    json = settings.log_format == "json"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if json else "%H:%M:%S", utc=json),
    ]
    if json:
        rendering: list[Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ]
        processors: list[Processor] = [_line]
        loggers: Any = structlog.BytesLoggerFactory(stream.buffer)
    else:
        # Tracebacks with local variables would print what clients sent.
        plain = structlog.dev.plain_traceback
        rendering = [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
        processors = [*shared, *rendering]
        loggers = structlog.WriteLoggerFactory(stream)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=loggers,
        cache_logger_on_first_use=True,
    )
    _adopt_stdlib(stream, shared, rendering)


def _adopt_stdlib(stream: TextIO, shared: list[Processor], rendering: list[Processor]) -> None:
    """Let lines of the standard library's loggers look the same, unless the app sends them somewhere."""
    handler = logging.StreamHandler(stream)
    own = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared], processors=[own, *rendering]
        )
    )
    for name in ("gateway", "uvicorn"):
        if not logging.getLogger(name).hasHandlers():
            logging.getLogger(name).addHandler(handler)


def _line(logger: Any, level: str, event: EventDict) -> bytes:
    """What the processors for JSON make of an event, in one step: every operation has a line."""
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, level, event)
    bound, now = structlog.contextvars.get_contextvars(), datetime.now(UTC)
    line = {**bound, **event, "level": level, "timestamp": now}
    return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)


def _json(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def log_operation(done: Finished) -> None:
    """Write the line of one operation; `request` and `trace` when its caller sent ids."""
    trace = done.trace
    _LOG.info(
        "operation",
        logger=_NAME,
        name=trace and trace.operation_name,
        kind=trace and trace.kind,
        status=done.status,
        errors=trace.errors if trace else 1,
        ms=round(done.ms, 2),
        sources=_rounded(trace) if trace else {},
        **(_ids(done.headers) if done.headers else {}),
    )


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
