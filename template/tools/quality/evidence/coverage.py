"""Reads line and branch coverage: Cobertura XML, coverage.py's JSON, lcov and JaCoCo XML.

Lines are collected by file, so that two reports of the same run count once and those of two runs are united.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quality.documents import Evidence, Tests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from quality.evidence.files import EvidenceFile

# file, line, whether the line was reached, branches taken, branches there are
Line = tuple[str, int, bool, int, int]
_CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")


def read_coverage(files: Sequence[EvidenceFile], tests: Tests) -> tuple[list[Evidence], list[str]]:
    """Add the coverage of all files.

    Args:
        files: Coverage reports.
        tests: Gets the percentages; None stays where a report has no lines.

    Returns:
        What was read, and warnings.

    Raises:
        QualityError: A file is no coverage report of a known format.
    """
    reached: dict[tuple[str, int], bool] = defaultdict(bool)
    branches: dict[tuple[str, int], tuple[int, int]] = {}
    evidence, warnings = [], []
    for file in files:
        form, lines = _read(file)
        evidence.append(Evidence(kind="coverage", file=file.name, format=form))
        before = len(reached)
        for path, number, hit, taken, there in lines:
            reached[path, number] |= hit
            if there:
                branches[path, number] = max(branches.get((path, number), (0, there)), (taken, there))
        if len(reached) == before == 0:
            warnings.append(f"{file.name} measures no line: was the code imported from somewhere else?")
    if reached:
        tests.lines_covered, tests.lines_total = sum(reached.values()), len(reached)
        tests.coverage_percent = round(100 * tests.lines_covered / tests.lines_total, 2)
    there = sum(total for _, total in branches.values())
    if there:
        tests.branch_percent = round(100 * sum(taken for taken, _ in branches.values()) / there, 2)
    return evidence, warnings


def _read(file: EvidenceFile) -> tuple[str, list[Line]]:
    start = file.content().lstrip()[:1]
    try:
        if start == b"{":
            data = file.json()
            if not {"files", "meta"} <= data.keys():
                raise file.problem("is not a coverage report that coverage.py writes")
            return "coverage.py JSON", list(_coverage_py(data, file))
        if start == b"<":
            root = file.xml()
            if root.tag == "coverage":
                return "Cobertura XML", list(_cobertura(root, file))
            if root.tag == "report":
                return "JaCoCo XML", list(_jacoco(root))
            raise file.problem(f"is not a coverage report: its root is <{root.tag}>")
        return "lcov", list(_lcov(file))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise file.problem(f"is not a coverage report ({type(error).__name__}: {error})") from None


def _cobertura(root: Element, file: EvidenceFile) -> Iterator[Line]:
    # File names are relative to one of the sources.
    sources = [Path(one.text.strip()) for one in root.iter("source") if one.text]
    for unit in root.iter("class"):
        name = unit.attrib["filename"]
        within = (str(source / name) for source in sources if (file.project / source / name).is_file())
        path = file.relative(next(within, name))
        for line in unit.iterfind("lines/line"):
            found = _CONDITIONS.search(line.get("condition-coverage", ""))
            taken, there = (int(found[1]), int(found[2])) if found else (0, 0)
            yield path, int(line.attrib["number"]), int(line.attrib["hits"]) > 0, taken, there


def _coverage_py(data: dict[str, Any], file: EvidenceFile) -> Iterator[Line]:
    for name, found in data["files"].items():
        path = file.relative(name)
        # A branch belongs to the line it leaves.
        taken = Counter(int(branch[0]) for branch in found.get("executed_branches", []))
        left = Counter(int(branch[0]) for branch in found.get("missing_branches", []))
        for hit, numbers in ((True, found["executed_lines"]), (False, found["missing_lines"])):
            for number in numbers:
                yield path, number, hit, taken[number], taken[number] + left[number]


def _jacoco(root: Element) -> Iterator[Line]:
    for package in root.iter("package"):
        for source in package.iterfind("sourcefile"):
            path = f"{package.get('name', '')}/{source.attrib['name']}".lstrip("/")
            for line in source.iterfind("line"):
                taken, left = int(line.get("cb", 0)), int(line.get("mb", 0))
                yield path, int(line.attrib["nr"]), int(line.attrib["ci"]) > 0, taken, taken + left


def _lcov(file: EvidenceFile) -> Iterator[Line]:
    text = file.content().decode(errors="replace")
    if not re.search(r"^SF:", text, re.MULTILINE):
        raise file.problem("is not a coverage report of a known format")
    path, taken, there = "", dict[int, int](), dict[int, int]()
    lines: dict[int, bool] = {}
    for record in text.splitlines():
        key, _, value = record.partition(":")
        if key == "SF":
            path, taken, there, lines = file.relative(value), {}, {}, {}
        elif key == "DA":
            number, hits = value.split(",")[:2]
            lines[int(number)] = lines.get(int(number), False) or int(hits) > 0
        elif key == "BRDA":
            number, *_, hits = value.split(",")
            there[int(number)] = there.get(int(number), 0) + 1
            taken[int(number)] = taken.get(int(number), 0) + (hits not in {"-", "0"})
        elif record == "end_of_record":
            for line, hit in lines.items():
                yield path, line, hit, taken.get(line, 0), there.get(line, 0)
