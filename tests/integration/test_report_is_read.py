"""The report as its readers read it: a browser, the checkers of HTML and accessibility, and of code scanning."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import jsonschema
import pytest
from quality.reporting import page, sarif
from support import quality_reports
from support.node_tools import SARIF, node_tools, program
from support.processes import ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LOOK = Path(__file__).parent.parent / "support" / "look_at_pages.mjs"
NAMES = list(quality_reports.EVERY)


def needed(tool: Callable[[], T]) -> T:
    try:
        return tool()
    except ServerMissingError as missing:
        if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def tools() -> Path:
    return needed(node_tools)


@pytest.fixture(scope="module")
def chromium() -> str:
    return needed(lambda: program("chromium", "bash tests/support/install_servers.sh"))


@pytest.fixture(scope="module")
def java() -> str:
    return needed(lambda: program("java", "a Java of version 11 or newer"))


def looked_at(tools: Path, chromium: str, pages: list[Path]) -> list[dict[str, Any]]:
    command = ["node", str(LOOK), str(tools), chromium, *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    seen: list[dict[str, Any]] = json.loads(done.stdout)
    return seen


def written(directory: Path, contents: dict[str, str]) -> list[Path]:
    for name, content in contents.items():
        (directory / name).write_text(content, encoding="utf-8")
    return [directory / name for name in contents]


def test_every_page_fits_the_phone_and_the_dark_and_loads_nothing(
    tools: Path, chromium: str, tmp_path: Path
) -> None:
    # These have every element that there is; the longest page would take the checker minutes.
    reports = {name: quality_reports.EVERY[name] for name in ("failing", "first run", "bare", "hostile")}
    contents = {f"{name.replace(' ', '-')}.html": page.render(make()) for name, make in reports.items()}
    seen = looked_at(tools, chromium, written(tmp_path, contents))
    assert len(seen) == 5 * len(reports)
    for look in seen:
        assert look["problems"] == [], look
        assert look["messages"] == [], look
        assert look["overflow"] <= 0, look
        assert [url.rpartition("/")[2] for url in look["requests"]] == [look["file"]]
    # The style is applied, so the policy's hash is that of the style.
    assert {look["scheme"]: look["background"] for look in seen} == {
        "light": "rgb(246, 247, 248)",
        "dark": "rgb(18, 22, 26)",
    }


def test_a_page_that_is_hard_to_read_or_loads_something_is_noticed(
    tools: Path, chromium: str, tmp_path: Path
) -> None:
    bad = (
        "<!DOCTYPE html><html><head><title>x</title></head><body><p style='color:#ccc;background:#fff;width:2000px'>"
        "pale</p><img src='other.png'><script>console.log('ran')</script></body></html>"
    )
    (look, *_) = looked_at(tools, chromium, written(tmp_path, {"bad.html": bad}))
    found = " ".join(look["problems"])
    assert all(rule in found for rule in ("color-contrast", "image-alt", "html-has-lang"))
    assert look["overflow"] > 0
    assert "ran" in look["messages"]
    assert len(look["requests"]) == 2


def test_the_checker_of_the_html_standard_finds_no_error(tools: Path, java: str, tmp_path: Path) -> None:
    checker = [
        java,
        "-jar",
        str(tools / "node_modules/vnu-jar/build/dist/vnu.jar"),
        "--errors-only",
        "--stdout",
    ]

    def check(contents: dict[str, str]) -> str:
        command = [*checker, *map(str, written(tmp_path, contents))]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout

    pages = {name: page.render(make()) for name, make in quality_reports.EVERY.items()}
    assert check({f"{name.replace(' ', '-')}.html": text for name, text in pages.items()}) == ""
    broken = pages["passing"].replace('<section id="tests"', '<section id="gates" nonsense="1"')
    found = check({"broken.html": broken})
    assert "Duplicate ID" in found
    assert "nonsense" in found


@pytest.mark.parametrize("name", NAMES)
def test_sarif_is_valid_by_its_schema(tools: Path, name: str) -> None:
    schema = json.loads((tools / SARIF / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    document = json.loads(sarif.render(quality_reports.EVERY[name]()))
    assert [error.message for error in validator.iter_errors(document)] == []
    document["runs"][0]["tool"]["driver"].pop("name")
    document["version"] = "2.2"
    assert len(list(validator.iter_errors(document))) == 2


def test_github_s_rules_for_sarif_are_kept(tools: Path, tmp_path: Path) -> None:
    def errors(contents: dict[str, str]) -> list[str]:
        files = map(str, written(tmp_path, contents))
        command = [str(tools / SARIF / "Sarif.Multitool"), "validate", *files, "--rule-kind", "Sarif;Gh"]
        command += ["-o", str(tmp_path / "found.json"), "--log", "ForceOverwrite"]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8-sig"))
        return [one["ruleId"] for one in found["runs"][0]["results"] if one.get("level") == "error"]

    names = ("failing", "hostile", "bare")
    assert errors({f"{name}.sarif": sarif.render(quality_reports.EVERY[name]()) for name in names}) == []
    text = sarif.render(quality_reports.failing())
    assert set(errors({"bad.sarif": text.replace('"help"', '"properties"')})) == {"GH2012"}
