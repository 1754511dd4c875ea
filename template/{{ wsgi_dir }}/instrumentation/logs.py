"""Log lines of the service and its server."""

from .log_lines import JsonFormatter, format_log_lines

__all__ = ["JsonFormatter", "setup_logging"]


def setup_logging() -> None:
    """Format the log lines, with the ids of trace and span.

    Handlers stay where they are, and keep a formatter of the service's own. A second
    call changes nothing.
    """
    format_log_lines()
