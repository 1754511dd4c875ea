"""What is walked, what is skipped and why; nothing outside the project is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze
from codemods.analysis.files import scan
from codemods.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"

FOREIGN = {
    "git": ".git/hooks/x.py",
    "virtual environment": "env/lib/python3.11/site-packages/x.py",
    "hidden virtual environment": ".venv/lib/x.py",
    "node modules": "node_modules/x/x.py",
    "byte code": "__pycache__/x.py",
    "build products": "build/lib/x.py",
    "distributions": "dist/x.py",
    "tox": ".tox/py311/x.py",
}


@pytest.mark.parametrize("path", FOREIGN.values(), ids=FOREIGN.keys())
def test_code_of_others_is_not_read(project: Write, path: Any) -> None:
    root = project({"main.py": "", path: APP, "env/pyvenv.cfg": "home = /usr\n"})
    assert list(scan(root).sources) == ["main.py"]


def test_a_project_template_is_not_python_yet(project: Write) -> None:
    root = project(
        {"hooks/x.py": "", "{{ cookiecutter.name }}/main.py": APP, "requirements.txt": "fastapi\n"}
    )
    analysis = analyze(root)
    assert analysis.applications == []
    assert [item.reason for item in analysis.skipped_files] == ["directory of a project template"]


def test_a_package_that_is_called_build_is_the_projects_own(project: Write) -> None:
    root = project({"shop/build/__init__.py": "", "shop/build/app.py": APP})
    assert "shop/build/app.py" in scan(root).sources


def test_links_out_of_the_project_are_reported_and_not_followed(project: Write, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(APP)
    root = project({"main.py": ""})
    (root / "linked.py").symlink_to(outside / "secret.py")
    (root / "linked").symlink_to(outside)
    analysis = analyze(root)
    assert analysis.applications == []
    assert [(item.file, item.reason) for item in analysis.skipped_files] == [
        ("linked", "symbolic link that leads out of the project"),
        ("linked.py", "symbolic link that leads out of the project"),
    ]


def test_a_loop_of_links_ends(project: Write) -> None:
    root = project({"main.py": APP, "a/b.py": ""})
    (root / "a" / "again").symlink_to(root)
    (root / "a" / "self").symlink_to(root / "a" / "self")
    assert list(scan(root).sources) == ["a/b.py", "main.py"]


def test_a_linked_file_inside_is_read_once(project: Write) -> None:
    root = project({"real.py": APP})
    (root / "main.py").symlink_to("real.py")
    assert [item.file for item in analyze(root).applications] == ["real.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_pipe_is_never_opened(project: Write) -> None:
    root = project({"main.py": APP})
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "Dockerfile")
    analysis = analyze(root)
    assert [(item.file, item.reason) for item in analysis.skipped_files] == [
        ("pipe.py", "not a regular file")
    ]


def test_a_file_of_20_megabytes_is_left_alone_with_its_size(project: Write) -> None:
    root = project({"main.py": APP, "data.py": APP.encode() + b"#" * 20_000_000})
    analysis = analyze(root)
    assert [item.file for item in analysis.applications] == ["main.py"]
    assert [(item.file, item.reason) for item in analysis.skipped_files] == [
        ("data.py", "too large: 20 MB, the limit is 5 MB")
    ]


def test_a_directory_called_like_a_module_is_no_file(project: Write) -> None:
    root = project({"main.py": APP, "odd.py/inner.py": ""})
    assert list(scan(root).sources) == ["main.py", "odd.py/inner.py"]


UNREADABLE = {
    "no UTF-8 and no cookie": (b"import fastapi\nname = '\xe9'\n", "is not UTF-8 and has no coding cookie"),
    "a cookie that lies": (
        b"# coding: ascii\nimport fastapi\nname = '\xe9'\n",
        "is not ascii, as its coding cookie says",
    ),
    "an unknown cookie": (
        b"# coding: klingon\nimport fastapi\n",
        "unknown encoding 'klingon' in its coding cookie",
    ),
    "null bytes": (b"import fastapi\n\x00\n", "contains null bytes"),
    "UTF-16": ("import fastapi\n".encode("utf-16"), "contains null bytes"),
}


@pytest.mark.parametrize(("data", "reason"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_bytes_that_are_no_text_are_reported(project: Write, data: Any, reason: Any) -> None:
    # UTF-16 hides every word, so the file is named where it is asked for: `main` imports it.
    root = project(
        {
            "main.py": "import fastapi\nimport other\nother.run()\napp = fastapi.FastAPI(title=other.NAME)\n",
            "other.py": data,
        }
    )
    found = [(item.file, item.reason) for item in analyze(root).skipped_files]
    assert found in ([("other.py", reason)], [])
    assert found or data.startswith(b"\xff\xfe")


READABLE = {
    "byte order mark": b"\xef\xbb\xbffrom fastapi import FastAPI\napp = FastAPI()\n",
    "latin-1 by cookie": b"# -*- coding: latin-1 -*-\n# caf\xe9\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "cookie on the second line": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n# \x80\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "CRLF": b"from fastapi import FastAPI\r\napp = FastAPI()\r\n",
    "tabs and no final newline": b"from fastapi import FastAPI\nif 1:\n\tapp = FastAPI()",
    "newer syntax": b"from fastapi import FastAPI\ntype X[T] = list[T]\ntry:\n    pass\nexcept* ValueError:\n    pass\napp = FastAPI()\n",
}


@pytest.mark.parametrize("data", READABLE.values(), ids=READABLE.keys())
def test_every_way_python_reads_a_file(project: Write, data: Any) -> None:
    analysis = analyze(project({"main.py": data}))
    assert [item.import_string for item in analysis.applications] == ["main:app"]
    assert analysis.skipped_files == []


def test_a_syntax_error_is_reported_and_the_rest_of_the_file_still_read(project: Write) -> None:
    analysis = analyze(project({"main.py": APP + "\ndef broken(:\n    pass\n"}))
    assert [item.import_string for item in analysis.applications] == ["main:app"]
    assert [(item.file, item.reason) for item in analysis.skipped_files] == [
        ("main.py", "syntax error (line 4)")
    ]


def test_python_2_is_called_by_its_name(project: Write) -> None:
    analysis = analyze(project({"main.py": "import fastapi\nprint 'hello'\n"}))
    assert [(item.file, item.reason) for item in analysis.skipped_files] == [
        ("main.py", "Python 2 source (line 2)")
    ]


def test_an_expression_nested_without_end_is_left_alone(project: Write) -> None:
    root = project({"main.py": "import fastapi\nx = " + "+".join(["y"] * 30_000) + "\n"})
    assert [item.reason for item in analyze(root).skipped_files] == ["nests too deeply to be read"]


BAD_PATHS = {
    "missing": ("nothing-here", "no such directory"),
    "a file": ("main.py", "is a file, not a directory"),
    "no Python": ("docs", "no Python project"),
    "empty": ("empty", "no Python project"),
}


@pytest.mark.parametrize(("path", "message"), BAD_PATHS.values(), ids=BAD_PATHS.keys())
def test_unusable_paths_say_what_where_and_what_next(project: Write, path: Any, message: Any) -> None:
    root = project({"main.py": APP, "docs/index.md": "", "empty/.keep": ""})
    with pytest.raises(UsageError, match=message) as caught:
        analyze(root / path)
    assert caught.value.exit_code == 2
    assert str(root / path) in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"framework": "nodjango"}, "unknown framework 'nodjango'"),
        ({"language": "cobol"}, "unknown language 'cobol'"),
    ],
    ids=["framework", "language"],
)
def test_unknown_names_are_usage_errors(project: Write, options: Any, message: Any) -> None:
    with pytest.raises(UsageError, match=message):
        analyze(project({"main.py": APP}), **options)


def test_the_result_is_the_same_twice(project: Write) -> None:
    root = project({f"m{n}/main.py": APP for n in range(8)} | {"requirements.txt": "fastapi\n"})
    assert analyze(root).to_dict() == analyze(root).to_dict()


def test_nothing_is_written(project: Write) -> None:
    root = project({"main.py": APP, "requirements.txt": "fastapi\n"})
    before = sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*"))
    analyze(root)
    assert sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*")) == before
