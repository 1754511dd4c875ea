"""Calls that a script makes get their imports beside them, so that nothing of the package runs any earlier."""

from __future__ import annotations

import pytest

from codemods.engines.python import (
    Call,
    Changed,
    ImportContext,
    Refused,
    Site,
    Unchanged,
    insert_call,
    remove_call,
)

CONTEXT = ImportContext("manage", "shop", first_party=frozenset({"shop"}), import_root=".")
RUN = "django.core.management.execute_from_command_line"
MODULES = {"setup_logging": "shop.instrumentation.logs", "setup_tracing": "shop.instrumentation.tracing"}


def both(source: str, scope: str) -> bytes:
    data = source.encode()
    for function, module in MODULES.items():
        call = Call(module, function, (), "before", imported_beside=True)
        outcome = insert_call(data, site=Site("", scope, 0, RUN), call=call, context=CONTEXT)
        assert not isinstance(outcome, Refused), outcome
        data = outcome.source if isinstance(outcome, Changed) else data
    return data


PLACES = {
    "in a function": (
        "main",
        (
            "import sys\n\n\ndef main():\n    from django.core.management import execute_from_command_line\n\n"
            "    # Runs it.\n    execute_from_command_line(sys.argv)\n"
        ),
        (
            "import sys\n\n\ndef main():\n    from django.core.management import execute_from_command_line\n\n"
            "    from shop.instrumentation.logs import setup_logging\n"
            "    from shop.instrumentation.tracing import setup_tracing\n\n"
            "    setup_logging()\n    setup_tracing()\n    # Runs it.\n    execute_from_command_line(sys.argv)\n"
        ),
    ),
    "directly below an import": (
        "",
        (
            "import sys\nif __name__ == '__main__':\n    from django.core.management import execute_from_command_line\n"
            "    execute_from_command_line(sys.argv)\n"
        ),
        (
            "import sys\nif __name__ == '__main__':\n    from django.core.management import execute_from_command_line\n\n"
            "    from shop.instrumentation.logs import setup_logging\n"
            "    from shop.instrumentation.tracing import setup_tracing\n\n"
            "    setup_logging()\n    setup_tracing()\n    execute_from_command_line(sys.argv)\n"
        ),
    ),
    "on the line of a condition": (
        "",
        "import sys\nfrom django.core.management import execute_from_command_line\nif 1: execute_from_command_line(sys.argv)\n",
        (
            "import sys\nfrom django.core.management import execute_from_command_line\n"
            "if 1: from shop.instrumentation.logs import setup_logging; setup_logging(); "
            "from shop.instrumentation.tracing import setup_tracing; setup_tracing(); execute_from_command_line(sys.argv)\n"
        ),
    ),
    "with the import at the top by its author": (
        "",
        (
            "import sys\nfrom django.core.management import execute_from_command_line\n"
            "from shop.instrumentation.logs import setup_logging\nexecute_from_command_line(sys.argv)\n"
        ),
        (
            "import sys\nfrom django.core.management import execute_from_command_line\n"
            "from shop.instrumentation.logs import setup_logging\n"
            "from shop.instrumentation.tracing import setup_tracing\nsetup_logging()\nsetup_tracing()\n"
            "execute_from_command_line(sys.argv)\n"
        ),
    ),
}


@pytest.mark.parametrize(("scope", "before", "after"), PLACES.values(), ids=PLACES.keys())
def test_the_import_stands_beside_the_call(scope: str, before: str, after: str) -> None:
    assert both(before, scope).decode() == after


@pytest.mark.parametrize(("scope", "before", "after"), PLACES.values(), ids=PLACES.keys())
def test_a_second_run_changes_nothing(scope: str, before: str, after: str) -> None:
    assert both(after, scope).decode() == after
    assert before != after


@pytest.mark.parametrize("place", ["in a function", "directly below an import"])
def test_removal_by_structure_gives_the_code_back(place: str) -> None:
    scope, before, _ = PLACES[place]
    data = both(before, scope)
    for function, module in reversed(MODULES.items()):
        outcome = remove_call(data, module=module, function=function, context=CONTEXT)
        data = outcome.source if isinstance(outcome, Changed) else data
    assert [line for line in data.decode().splitlines() if line] == [
        line for line in before.splitlines() if line
    ]


def test_a_call_that_is_made_already_is_left_alone() -> None:
    source = (
        "import sys\nfrom django.core.management import execute_from_command_line\n"
        "from shop.instrumentation.tracing import setup_tracing\nsetup_tracing()\nexecute_from_command_line(sys.argv)\n"
    )
    call = Call(MODULES["setup_tracing"], "setup_tracing", (), "before", imported_beside=True)
    outcome = insert_call(source.encode(), site=Site("", "", 0, RUN), call=call, context=CONTEXT)
    assert isinstance(outcome, Unchanged)
