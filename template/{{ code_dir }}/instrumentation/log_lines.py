"""Log lines that carry the trace they belong to, as JSON or as text."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime, timezone

from opentelemetry import trace

from .config import get_config

_LOGGER = logging.getLogger(__name__)
_SERVERS = (
    "uvicorn",
    "uvicorn.access",
    "uvicorn.error",
    "gunicorn.error",
    "gunicorn.access",
    "waitress",
    "werkzeug",
    "django.server",
    "django.channels.server",
)
# What every record has; anything else was given as `extra`.
_ADDED = {"message", "asctime", "color_message", "taskName"}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | _ADDED
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Werkzeug colours its lines also where nobody sees it.
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def format_log_lines() -> None:
    """Format the log lines of the service and of the server that runs it.

    Handlers stay where they are, and keep a formatter of the service's own. A second
    call changes nothing, unless somebody has set up handlers in between.
    """
    settings = get_config().logging
    root = logging.getLogger()
    if not root.handlers:
        output = logging.StreamHandler()
        output.addFilter(_is_not_written_yet)
        root.addHandler(output)
    level = settings.level.strip().upper()
    wanted = settings.format.strip().lower()
    formatter = (
        logging.Formatter(_TEXT)
        if wanted == "text"
        else JsonFormatter(include_trace_id=settings.include_trace_id)
    )
    _format_root(formatter)
    if wanted != "text":
        _format_servers(formatter)
        for logger in map(logging.getLogger, _SERVERS):
            if not any(isinstance(known, _AtFirstLine) for known in logger.filters):
                logger.addFilter(_AtFirstLine(formatter))
    if level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        root.setLevel(level)
    else:
        _LOGGER.warning("Unknown log level %r; it stays as it is.", settings.level)
    if wanted not in ("json", "text"):
        _LOGGER.warning("Unknown log format %r; JSON is used.", settings.format)


def _is_not_written_yet(record: logging.LogRecord) -> bool:
    """Leave a line out that a handler below the root has written to the output already.

    It was one line while the root had no handler, and stays one: of `app.logger` where
    it was given gunicorn's handlers, of Werkzeug where it has made its own.
    """
    logger = logging.getLogger(record.name)
    while logger.parent is not None:
        for handler in logger.handlers:
            shown = isinstance(handler, logging.StreamHandler) and not isinstance(
                handler, logging.FileHandler
            )
            if shown and record.levelno >= handler.level and handler.filter(record):
                return False
        logger = logger.parent
    return True


def _format_root(formatter: logging.Formatter) -> None:
    for handler in logging.getLogger().handlers:
        # A formatter of another class is somebody's choice.
        if type(handler.formatter) in (type(None), logging.Formatter):
            handler.setFormatter(formatter)


def _format_servers(formatter: logging.Formatter) -> None:
    for logger in map(logging.getLogger, _SERVERS):
        for handler in logger.handlers:
            handler.setFormatter(formatter)
    # What Flask writes with where it was asked for its logger before set-up.
    own = getattr(sys.modules.get("flask.logging"), "default_handler", None)
    if own is not None:
        own.setFormatter(formatter)


class _AtFirstLine(logging.Filter):
    """Formats lines once more when the server writes its first one.

    `uvicorn.run(app)` and `fastapi run` configure the server's logging after they have
    imported the service, and migrations that run while it starts may set up the root's;
    that replaces handlers, and keeps filters.
    """

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter: logging.Formatter | None = formatter

    def filter(self, record: logging.LogRecord) -> bool:
        if self._formatter is not None:
            _format_root(self._formatter)
            _format_servers(self._formatter)
            self._formatter = None
        return bool(super().filter(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, *, include_trace_id: bool = True) -> None:
        """Write the ids of trace and span, or leave them out."""
        super().__init__()
        self._include_trace_id = include_trace_id

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, whatever somebody has put into it."""
        moment = datetime.fromtimestamp(record.created, tz=timezone.utc)
        entry: dict[str, object] = {
            "timestamp": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _COLOUR.sub("", record.getMessage()),
        }
        if self._include_trace_id:
            context = trace.get_current_span().get_span_context()
            if context.is_valid:
                entry["trace_id"] = trace.format_trace_id(context.trace_id)
                entry["span_id"] = trace.format_span_id(context.span_id)
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = self.formatStack(record.stack_info)
        for name, value in vars(record).items():
            if name not in _STANDARD:
                entry.setdefault(name, value)
        try:
            return json.dumps(entry, default=str)
        except (TypeError, ValueError):
            # Keys that are no text, or something that contains itself.
            return json.dumps({name: repr(value) for name, value in entry.items()})
