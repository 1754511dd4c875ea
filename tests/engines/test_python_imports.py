"""Where an import of ours goes: the file's own order wins, and ruff stays as quiet as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.engine_tools import CONTEXT, TRACED, code

from codemods.engines.python import Call, Changed, ImportContext, add_decorator, insert_call
from codemods.engines.python_model import Site

LINE = "from app.instrumentation.tracing import setup_tracing\n"
NESTED = ImportContext("app.api.main", "app")
PACKAGE = ImportContext("app", "app", is_package=True)
FLAT = ImportContext("main", "")
FLAT_TOLD = ImportContext("main", "", first_party=frozenset({"database", "models"}))

CASES = [
    pytest.param(
        CONTEXT, "import os\n", f"import os\n\n{LINE}", id="new section behind the standard library"
    ),
    pytest.param(
        CONTEXT,
        "import os\n\nfrom fastapi import FastAPI\n",
        f"import os\n\nfrom fastapi import FastAPI\n\n{LINE}",
        id="new section behind third parties",
    ),
    pytest.param(
        CONTEXT,
        "from __future__ import annotations\n",
        f"from __future__ import annotations\n\n{LINE}",
        id="behind the future",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nfrom app.db import x\nfrom app.models import y\n",
        f"from fastapi import FastAPI\n\nfrom app.db import x\n{LINE}from app.models import y\n",
        id="sorted between first-party imports",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nfrom app.models import y\n",
        f"from fastapi import FastAPI\n\n{LINE}from app.models import y\n",
        id="first of the first-party imports",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nimport app.zoo\nfrom app.models import y\n",
        f"from fastapi import FastAPI\n\nimport app.zoo\n{LINE}from app.models import y\n",
        id="plain imports come first",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nfrom app.db import (\n    x,\n    y,\n)\n",
        f"from fastapi import FastAPI\n\nfrom app.db import (\n    x,\n    y,\n)\n{LINE}",
        id="behind an import of several lines",
    ),
    pytest.param(
        CONTEXT,
        "from app.db import x\nfrom fastapi import FastAPI\n",
        f"from app.db import x\n{LINE}from fastapi import FastAPI\n",
        id="the project counts as a third party here",
    ),
    pytest.param(
        ImportContext("app", "app", first_party=frozenset({"config"})),
        "import os\nfrom flask import Flask\nfrom elasticsearch import Elasticsearch\nimport rq\nfrom config import Config\n",
        f"import os\nfrom flask import Flask\nfrom elasticsearch import Elasticsearch\nimport rq\n{LINE}from config import Config\n",
        id="beside the project's own where nothing is sorted",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nfrom .db import x\nfrom .models import y\n",
        "from fastapi import FastAPI\n\nfrom .db import x\nfrom .instrumentation.tracing import setup_tracing\nfrom .models import y\n",
        id="relative as the file does it",
    ),
    pytest.param(
        NESTED,
        "from fastapi import FastAPI\n\nfrom ..db import x\nfrom . import y\n",
        "from fastapi import FastAPI\n\nfrom ..db import x\nfrom ..instrumentation.tracing import setup_tracing\nfrom . import y\n",
        id="relative from one level below",
    ),
    pytest.param(
        PACKAGE,
        "from fastapi import FastAPI\n\nfrom .db import x\n",
        "from fastapi import FastAPI\n\nfrom .db import x\nfrom .instrumentation.tracing import setup_tracing\n",
        id="relative in the package itself",
    ),
    pytest.param(
        CONTEXT,
        "from fastapi import FastAPI\n\nfrom app.a import b\nfrom app.db import x\n\nfrom .models import y\n",
        f"from fastapi import FastAPI\n\nfrom app.a import b\nfrom app.db import x\n{LINE}\nfrom .models import y\n",
        id="mostly absolute",
    ),
    pytest.param(
        FLAT,
        "import os\n\nfrom fastapi import FastAPI\n\nfrom database import x\nfrom models import y\n",
        "import os\n\nfrom fastapi import FastAPI\n\nfrom database import x\n"
        "from instrumentation.tracing import setup_tracing\nfrom models import y\n",
        id="flat layout with a section of its own",
    ),
    pytest.param(
        FLAT_TOLD,
        "from database import x\nfrom models import y\n",
        "from database import x\nfrom instrumentation.tracing import setup_tracing\nfrom models import y\n",
        id="flat layout with known modules",
    ),
    pytest.param(
        CONTEXT,
        "import sys\n\nsys.path.insert(0, 'src')\n\nfrom fastapi import FastAPI\n",
        f"import sys\n\nsys.path.insert(0, 'src')\n\nfrom fastapi import FastAPI\n\n{LINE}",
        id="behind a change of sys.path",
    ),
    pytest.param(
        CONTEXT,
        "import sys\n\nsys.path.insert(0, 'src')\n",
        f"import sys\n\nsys.path.insert(0, 'src')\n\n{LINE}",
        id="behind a change of sys.path that nothing follows",
    ),
    pytest.param(
        CONTEXT,
        "from dotenv import load_dotenv\n\nload_dotenv()\n\nfrom app.db import x  # noqa: E402\n",
        f"from dotenv import load_dotenv\n\nload_dotenv()\n\nfrom app.db import x  # noqa: E402\n{LINE[:-1]}  # noqa: E402\n",
        id="behind load_dotenv as its neighbours are",
    ),
    pytest.param(
        CONTEXT,
        "from dotenv import load_dotenv\n\nload_dotenv()\n",
        f"from dotenv import load_dotenv\n\n{LINE}\nload_dotenv()\n",
        id="above code",
    ),
    pytest.param(
        CONTEXT,
        "import os\n\ntry:\n    import uvloop\nexcept ImportError:\n    uvloop = None\n",
        f"import os\n\n{LINE}\ntry:\n    import uvloop\nexcept ImportError:\n    uvloop = None\n",
        id="not into a try",
    ),
    pytest.param(
        CONTEXT,
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.db import x\n",
        f"from typing import TYPE_CHECKING\n\n{LINE}\nif TYPE_CHECKING:\n    from app.db import x\n",
        id="not under TYPE_CHECKING",
    ),
    pytest.param(CONTEXT, '"""Doc."""\n', f'"""Doc."""\n\n{LINE}', id="docstring alone"),
    pytest.param(CONTEXT, "", "\n" + LINE, id="nothing above"),
    pytest.param(
        CONTEXT, "#!/usr/bin/env python\n", f"#!/usr/bin/env python\n\n{LINE}", id="below the shebang"
    ),
    pytest.param(
        CONTEXT,
        "#!/usr/bin/env python\n# coding: utf-8\n",
        f"#!/usr/bin/env python\n# coding: utf-8\n\n{LINE}",
        id="below the cookie",
    ),
    pytest.param(CONTEXT, "# Licence\n# text\n", f"# Licence\n# text\n\n{LINE}", id="below the licence"),
    pytest.param(
        CONTEXT,
        "from app.instrumentation.tracing import RATIO, traced\n",
        "from app.instrumentation.tracing import RATIO, setup_tracing, traced\n",
        id="into an import of the same module",
    ),
    pytest.param(
        CONTEXT,
        "from app.instrumentation.tracing import RATIO\n",
        "from app.instrumentation.tracing import RATIO, setup_tracing\n",
        id="at the end of an import of the same module",
    ),
    pytest.param(
        CONTEXT,
        "from app.instrumentation.tracing import (\n    RATIO,\n    traced,\n)\n",
        "from app.instrumentation.tracing import (\n    RATIO,\n    setup_tracing,\n    traced,\n)\n",
        id="into an import of the same module on lines",
    ),
    pytest.param(
        CONTEXT,
        "from app.instrumentation.tracing import (\n    RATIO,\n    a\n)\n",
        "from app.instrumentation.tracing import (\n    RATIO,\n    a,\n    setup_tracing\n)\n",
        id="at the end without a trailing comma",
    ),
]


def build(context: ImportContext, head: str) -> tuple[str, str]:
    """Return a file with the head, and the file with the call in it, without its last line."""
    module = "app.instrumentation.tracing" if context.package else "instrumentation.tracing"
    call = Call(module, "setup_tracing")
    used = [
        line.split()[-1].strip(",")
        for line in head.splitlines()
        if "import " in line and not line.endswith("(")
    ]
    used = [name for name in used if name.isidentifier() and name != "annotations" and not name.isupper()]
    rest = f"\napp = FastAPI({', '.join(used)})\n"
    source = head + rest
    outcome = insert_call(
        source.encode(), site=Site("app", "", 1, "fastapi.FastAPI"), call=call, context=context
    )
    assert isinstance(outcome, Changed), outcome
    return source, outcome.source.decode().removesuffix(rest + "setup_tracing(app)\n")


@pytest.mark.parametrize(("context", "before", "after"), CASES)
def test_places_the_import(context: ImportContext, before: str, after: str) -> None:
    assert build(context, before)[1] == after


def test_ruff_says_no_more_than_before(tmp_path: Path) -> None:
    """Ruff's import order, errors and names have nothing to say about the file that they did not say before."""
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed next to this Python")
    for stage in ("before", "after"):
        for number, case in enumerate(CASES):
            context, head = case.values[0], case.values[1]
            assert isinstance(context, ImportContext)
            assert isinstance(head, str)
            source, changed = build(context, head)
            rest = source.removeprefix(head)
            file = tmp_path / stage / f"case_{number}" / f"{context.module.replace('.', '/')}.py"
            file.parent.mkdir(parents=True)
            file.write_text(source if stage == "before" else f"{changed}{rest}setup_tracing(app)\n")
            for name in ("database.py", "models.py", "instrumentation/tracing.py", "app/__init__.py"):
                (tmp_path / stage / f"case_{number}" / name).parent.mkdir(exist_ok=True)
                (tmp_path / stage / f"case_{number}" / name).touch()
    found = {}
    for stage in ("before", "after"):
        lines: set[str] = set()
        for number in range(len(CASES)):
            command = [
                str(ruff),
                "check",
                "--isolated",
                "--no-cache",
                "--select",
                "I,E,F",
                "--output-format",
                "concise",
                ".",
            ]
            ran = subprocess.run(
                command, cwd=tmp_path / stage / f"case_{number}", capture_output=True, text=True, check=False
            )
            for line in ran.stdout.splitlines():
                if ".py:" in line:
                    lines.add(f"{CASES[number].id}: {line.split(' ', 1)[1]}")
        found[stage] = lines

    assert found["after"] - found["before"] == set()


def test_a_line_too_long_for_the_file_is_wrapped() -> None:
    package = "a_rather_long_package_name.with_a_service.instrumentation.tracing"
    source = b"from fastapi import FastAPI\n\napp = FastAPI()\n"
    outcome = insert_call(
        source,
        site=Site("app", "", 1, "fastapi.FastAPI"),
        call=Call(package, "setup_tracing"),
        context=CONTEXT,
    )

    assert isinstance(outcome, Changed)
    assert f"from {package} import (\n    setup_tracing,\n)\n" in outcome.source.decode()


def test_a_docstring_right_above_a_function_gets_blank_lines() -> None:
    outcome = add_decorator(
        b'"""Doc."""\ndef f():\n    pass\n', qualname="f", decorator=TRACED, context=CONTEXT
    )

    assert isinstance(outcome, Changed)
    assert outcome.source.decode() == code('''
        """Doc."""

        from app.instrumentation.spans import traced


        @traced
        def f():
            pass
    ''')
