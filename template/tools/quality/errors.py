"""The one error that a user sees: what is wrong, where, and what to do next."""

from __future__ import annotations


class QualityError(Exception):
    """Wrong usage or unusable input; shown as one message, never as a traceback (exit code 2).

    Args:
        what: What is wrong, in one sentence.
        where: The file or option it is about; shown before ``what``.
        hint: What to do next; shown on a line of its own.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head}\n  {hint}" if hint else head)
