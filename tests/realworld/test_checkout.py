"""Any checkout: ``pytest tests/realworld --checkout=PATH``. What is applied comes out again, byte for byte."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from realworld.checkout import Checkout


def test_apply_twice_and_remove_leave_every_byte_as_it_was(
    checkout: Checkout, request: pytest.FixtureRequest
) -> None:
    arguments = shlex.split(request.config.getoption("checkout_apply"))
    begin = checkout.digest()
    applied = checkout.run("apply", "--defaults", *arguments)
    # 1 says that a part has to be done by hand, and names it; the rest must hold all the same.
    assert applied.exit_code in {0, 1}, applied.output
    assert applied.data["files_modified"], applied.output
    after = checkout.digest()
    again = checkout.run("apply", "--defaults", *arguments)
    assert checkout.digest() == after, again.output
    removed = checkout.run("remove", *_service(arguments))
    assert removed.exit_code == 0, removed.output
    assert checkout.status() == ""
    assert checkout.digest() == begin


def _service(arguments: list[str]) -> list[str]:
    """Keep the arguments that say which service is meant."""
    if "--service" not in arguments:
        return []
    at = arguments.index("--service")
    return arguments[at : at + 2]
