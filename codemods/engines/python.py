"""The editing engine for Python: bytes in, an outcome out, everything that is not ours byte for byte as it was.

Every function takes a file's bytes and returns a value; none raises for what the file holds.
Import it where it is used: it loads LibCST.
"""

from __future__ import annotations

from codemods.engines.outcome import Changed, Outcome, Refused, Unchanged
from codemods.engines.python_calls import find_calls, insert_call, unreadable
from codemods.engines.python_functions import add_decorator, find_decorators, functions
from codemods.engines.python_model import Call, FoundCall, FoundFunction, ImportContext, Site
from codemods.engines.python_removal import remove_call, remove_decorator, remove_import, uses_module

__all__ = [
    "Call",
    "Changed",
    "FoundCall",
    "FoundFunction",
    "ImportContext",
    "Outcome",
    "Refused",
    "Site",
    "Unchanged",
    "add_decorator",
    "find_calls",
    "find_decorators",
    "functions",
    "insert_call",
    "remove_call",
    "remove_decorator",
    "remove_import",
    "unreadable",
    "uses_module",
]
