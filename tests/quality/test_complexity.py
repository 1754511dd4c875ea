"""Source of all languages is measured; code of others and generated code is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quality import documents
from quality.complexity import measure_code, source_files

if TYPE_CHECKING:
    from pathlib import Path

    from support.quality_project import QualityProject

PYTHON = "def pick(a):\n    if a and a > 1:\n        return 1\n    return 2\n"
TYPESCRIPT = "export function pick(a: number): number {\n  if (a && a > 1) { return 1; }\n  return 2;\n}\n"
JAVA = "class Picker {\n  int pick(int a) {\n    if (a > 0 && a > 1) { return 1; }\n    return 2;\n  }\n}\n"


def measure(project: Path, files: dict[str, str | bytes], *, limit: int = 15) -> documents.CodeQuality:
    for name, content in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(content.encode() if isinstance(content, str) else content)
    code = documents.CodeQuality()
    measure_code(project, code, limit=limit)
    return code


def test_one_function_is_as_complex_in_every_language(tmp_path: Path) -> None:
    code = measure(
        tmp_path, {"a.py": PYTHON, "b.ts": TYPESCRIPT, "c.mts": TYPESCRIPT, "d/D.java": JAVA}, limit=2
    )
    assert code.complexity is not None
    assert {(one.file, one.complexity) for one in code.complexity.worst} == {
        ("a.py", 3),
        ("b.ts", 3),
        ("c.mts", 3),
        ("d/D.java", 3),
    }
    assert (code.complexity.functions, code.complexity.complex, code.complexity.mean) == (4, 4, 3.0)
    assert code.unreadable == []


def test_the_worst_functions_come_first_and_with_their_place(tmp_path: Path) -> None:
    worse = "\n\ndef worse(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(20))
    code = measure(tmp_path, {"a.py": PYTHON, "b.py": worse})
    assert code.complexity is not None
    first = code.complexity.worst[0]
    assert (first.name, first.file, first.line, first.complexity) == ("worse", "b.py", 3, 21)
    assert code.complexity.complex == 1


def test_without_source_there_is_no_complexity(tmp_path: Path) -> None:
    code = measure(tmp_path, {"README.md": "Words\n"})
    assert (code.complexity, code.lines) == (None, 0)


def test_a_file_that_is_not_what_its_suffix_says_is_named_or_measured_but_stops_nothing(
    tmp_path: Path,
) -> None:
    code = measure(
        tmp_path,
        {
            "good.py": PYTHON,
            "binary.py": bytes(range(256)) * 40,
            "open.ts": "function {{{ `${",
            "large.js": "a;\n" * 400_000,
        },
    )
    assert "large.js: larger than 1 MB" in code.unreadable
    assert code.complexity is not None
    assert ("pick", "good.py") in {(one.name, one.file) for one in code.complexity.worst}


@pytest.mark.parametrize("in_git", [True, False])
def test_only_the_project_s_own_source_is_measured(sample: QualityProject, in_git: bool) -> None:  # noqa: FBT001
    names = [
        "node_modules/a/i.js",
        "dist/b.js",
        "web/vendor/c.js",
        "web/d.min.js",
        "web/e.d.ts",
        "web/f_pb2.py",
    ]
    sample.write(dict.fromkeys([*names, "web/own.ts", ".hidden/g.py", "old/h.py", "web/keep/i.py"], "\n"))
    if not in_git:
        (sample.root / ".git").rename(sample.root.parent / "elsewhere")
    found = source_files(sample.root, ["old", "web/keep/**"])
    assert found == ["shop/__init__.py", "shop/prices.py", "tests/test_prices.py", "web/own.ts"]


def test_what_git_ignores_or_calls_generated_is_not_measured(sample: QualityProject) -> None:
    sample.write(
        {
            ".gitignore": "scratch.py\n",
            ".gitattributes": "made/* linguist-generated\nlent/*.py linguist-vendored=true\n",
            "scratch.py": "",
            "made/a.py": "",
            "lent/b.py": "",
            "new é.py": "",
        }
    )
    assert source_files(sample.root) == [
        "new é.py",
        "shop/__init__.py",
        "shop/prices.py",
        "tests/test_prices.py",
    ]


def test_a_file_that_is_tracked_and_gone_is_left_out(sample: QualityProject) -> None:
    (sample.root / "shop/prices.py").unlink()
    assert "shop/prices.py" not in source_files(sample.root)


def test_many_files_are_measured_by_several_processes_with_the_same_result(tmp_path: Path) -> None:
    one_by_one = measure(tmp_path, {f"m{at}.py": PYTHON for at in range(60)})
    together = measure(tmp_path, {f"n{at}.py": PYTHON for at in range(60)})
    assert together.lines == 2 * one_by_one.lines
    assert together.complexity is not None
    assert together.complexity.functions == 120
