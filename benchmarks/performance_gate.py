"""How often the performance gate of ``tools/quality`` is wrong: the same code against itself, and 20 % more work.

Every run starts real processes and decides as ``benchmark`` and ``detect-regressions`` do, with their defaults. A round
has one arm more than theirs: base, the same code in another directory, the slower code, and base again. The verdict on
the same code uses the first, second and last arm, that on the slower code the first, third and last; so each rate comes
from independent runs, while the two rates share base's noise. Stop it whenever you like: it goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "template" / "tools"))

from quality.comparison import Arms, compare_all
from quality.measured_trees import MeasuredTree
from quality.measurement import ROUNDS
from quality.rounds import interleave
from quality.suites import Suite, Tree

THRESHOLD = 5.0
ITERATIONS = 7  # 100 over 15 rounds
WORK = """
def numbers():
    total = 0
    for number in range({count}):
        total += number * number % 7
    return total


def records():
    rows = [{{"id": number, "name": str(number)}} for number in range({rows})]
    return sorted(rows, key=lambda row: row["name"])
"""
SUITE = """
import json, os, time
from work import numbers, records

seconds = {}
for function in (numbers, records):
    times = seconds[function.__name__] = []
    for _ in range(int(os.environ["BENCHMARK_ITERATIONS"])):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
with open(os.environ["BENCHMARK_JSON"], "w") as file:
    json.dump(seconds, file)
"""


def main() -> None:
    """Do the runs that are still missing, then print both rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--slowdown", type=float, default=20.0, metavar="PERCENT")
    parser.add_argument("--record", type=Path, default=Path("performance-gate.jsonl"), metavar="FILE")
    given = parser.parse_args()
    done = _read(given.record)
    with tempfile.TemporaryDirectory(prefix="performance-gate-") as folder:
        trees = _trees(Path(folder), given.slowdown)
        for number in range(len(done), given.runs):
            done.append(_run(trees, number))
            with given.record.open("a", encoding="utf-8") as record:
                record.write(json.dumps(done[-1]) + "\n")
            if number % 10 == 9:  # noqa: PLR2004
                print(f"{number + 1} of {given.runs} runs", file=sys.stderr)
    _print(done[: given.runs])


def _trees(folder: Path, slowdown: float) -> dict[str, MeasuredTree]:
    suite = Suite("suite.py", command=(sys.executable, "-S", "suite.py"), iterations=ITERATIONS)
    trees = {}
    for name, factor in (("base", 1.0), ("same", 1.0), ("slow", 1 + slowdown / 100)):
        project = folder / name
        project.mkdir()
        text = WORK.format(count=round(10_000 * factor), rows=round(2_000 * factor))
        (project / "work.py").write_text(text, encoding="utf-8")
        (project / "suite.py").write_text(SUITE, encoding="utf-8")
        trees[name] = MeasuredTree(suite, Tree(project), folder)
    return trees


def _run(trees: dict[str, MeasuredTree], number: int) -> dict[str, Any]:
    started = time.time()
    calls = {
        "base": trees["base"].times,
        "same": trees["same"].times,
        "slow": trees["slow"].times,
        "base_again": trees["base"].times,
    }
    arms = interleave(calls, rounds=ROUNDS, seed=number * 1000)
    row: dict[str, Any] = {"load": os.getloadavg()[0], "seconds": time.time() - started, "arms": arms}
    for head in ("same", "slow"):
        measured = {
            name: Arms(arms["base"][name], arms[head][name], arms["base_again"][name])
            for name in arms["base"]
        }
        compared = compare_all(measured, threshold=THRESHOLD, seed=number)
        row[head] = {name: [result.verdict, round(result.change, 2)] for name, result in compared.items()}
    return row


def _read(record: Path) -> list[dict[str, Any]]:
    if not record.is_file():
        return []
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def _print(rows: list[dict[str, Any]]) -> None:
    alarms = sum(any(verdict != "same" for verdict, _ in row["same"].values()) for row in rows)
    found = sum(any(verdict == "slower" for verdict, _ in row["slow"].values()) for row in rows)
    singly = [verdict == "slower" for row in rows for verdict, _ in row["slow"].values()]
    loads = sorted(row["load"] for row in rows)
    seconds = sorted(row["seconds"] for row in rows)
    print(f"{len(rows)} runs of {ROUNDS} rounds, median {seconds[len(rows) // 2]:.1f} s each")
    print(f"load of the machine: {loads[0]:.1f} to {loads[-1]:.1f}, median {loads[len(rows) // 2]:.1f}")
    print(f"same code, an alarm (slower or faster): {alarms} of {len(rows)}")
    print(f"slower code, found: {found} of {len(rows)} runs; {sum(singly)} of {len(singly)} benchmarks")


if __name__ == "__main__":
    main()
