"""Starts what has threads in each process that serves, not in one that forks them.

Python's own forks need nothing of this, because OpenTelemetry starts its threads again
after them. uWSGI forks behind Python's back.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_LOGGER = logging.getLogger(__name__)


def in_each_process(start: Callable[[], object]) -> None:
    """Call a function now or, before uWSGI has forked its workers, in each of them.

    https://uwsgi-docs.readthedocs.io/en/latest/PythonDecorators.html
    """
    uwsgi: Any = sys.modules.get("uwsgi")
    if uwsgi is None:
        start()
        return
    if not {"enable-threads", "threads"} & set(uwsgi.opt):
        _LOGGER.warning(
            "uWSGI runs no threads of the service, so its spans are not sent. Start it"
            " with --enable-threads."
        )
    if uwsgi.worker_id():
        start()
    elif uwsgi.masterpid():
        # Others may wait for the fork as well; these decorators call all of them.
        import_module("uwsgidecorators").postfork(start)
    else:
        uwsgi.post_fork_hook = start
