"""The errors a user can see: what happened, where, and what to do next."""

from __future__ import annotations


class ReleaseQualityError(Exception):
    """Base of every error that is shown to the user as a message, never as a traceback.

    Args:
        what: What is wrong, in one sentence.
        where: The file, option or object it is about; shown before ``what`` when given.
        hint: What the user can do next.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the message as it is printed: ``where: what`` and, on its own line, the hint."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.hint}" if self.hint else head


class UsageError(ReleaseQualityError):
    """Wrong usage or unusable input; nothing was changed (exit code 2)."""

    exit_code = 2


class PlanOutdatedError(ReleaseQualityError):
    """A file has moved on since the plan was made; nothing was written (exit code 1)."""


class InterruptedRunError(ReleaseQualityError):
    """An earlier run was cut off and could not be undone by itself (exit code 1)."""
