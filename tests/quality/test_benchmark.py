"""The command `benchmark` in real repositories, with a suite that is a plain program."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.processes import wait_until
from support.quality_project import QualityProject

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """
import json, os, time
import work

seconds = {}
for name in work.BENCHMARKS:
    times = seconds[name] = []
    for _ in range(int(os.environ["BENCHMARK_ITERATIONS"])):
        start = time.perf_counter()
        getattr(work, name)()
        times.append(time.perf_counter() - start)
with open(os.environ["BENCHMARK_JSON"], "w") as file:
    json.dump(seconds, file)
"""
WORK = """
def count():
    return sum(number * number % 7 for number in range({}))

BENCHMARKS = ["count"]
"""
COMMAND = f"{shlex.quote(sys.executable)} -S bench/suite.py"
RUN = {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, "PYTHONPATH": "."}


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CHANGE_TARGET"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def project(tmp_path: Path, rendered_tool: dict[str, bytes]) -> QualityProject:
    """A repository whose `main` counts to 20,000, on a branch without changes."""
    made = QualityProject(tmp_path / "project")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write(rendered_tool)
    made.write({".gitignore": "reports/\n__pycache__/\n", "bench/suite.py": SUITE})
    made.write({"work.py": WORK.format(20_000)})
    made.commit("First")
    made.git("checkout", "-qb", "feature")
    return made


def benchmark(project: QualityProject, *options: str) -> dict[str, Any]:
    done = project.quality("benchmark", "--command", COMMAND, "--rounds=6", "--iterations=30", *options)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((project.root / "reports/benchmarks.json").read_text())
    return document


def regressions(project: QualityProject) -> dict[str, Any]:
    assert project.quality("capture", "--release", "feature").returncode == 0
    done = project.quality("detect-regressions", "--threshold=5.0", "--output=reports/regressions.json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((project.root / "reports/regressions.json").read_text())
    return document


def test_twice_the_work_is_found_and_blocks(project: QualityProject) -> None:
    base = project.git("rev-parse", "HEAD").strip()
    project.write({"work.py": WORK.format(40_000)})
    head = project.commit()
    document = benchmark(project)
    assert document["commits"] == {"base": base, "head": head}
    assert {arm: len(times["count"]) for arm, times in document["arms"].items()} == {
        "base": 6,
        "head": 6,
        "base_again": 6,
    }
    found = regressions(project)
    (slower,) = found["performance_regressions"]
    assert slower["name"] == "count"
    assert slower["change_percent"] > 60
    assert slower["interval_percent"][0] > 0
    assert (found["blocking_regressions"], found["comparable"]) == (1, True)


def test_the_same_code_is_no_regression(project: QualityProject) -> None:
    project.write({"README.md": "More words.\n"})
    project.commit()
    benchmark(project)
    found = regressions(project)
    assert found["performance_regressions"] == []
    assert [one["name"] for one in found["measured"]] == ["count"]


def test_uncommitted_changes_are_measured_and_said(project: QualityProject) -> None:
    project.write({"work.py": WORK.format(40_000)})
    document = benchmark(project)
    assert document["warnings"] == ["head was measured with uncommitted changes"]
    assert len(regressions(project)["performance_regressions"]) == 1


def test_a_project_below_the_repositorys_top_works(project: QualityProject) -> None:
    service = QualityProject(project.root / "services" / "a b")
    service.write({"bench/suite.py": SUITE, "work.py": WORK.format(20_000)})
    (service.root / "tools").symlink_to(project.root / "tools")
    project.commit()
    project.git("branch", "-f", "main", "HEAD")
    service.write({"work.py": WORK.format(40_000)})
    project.commit()
    benchmark(service)
    assert regressions(service)["performance_regressions"]


def test_a_new_benchmark_is_measured_alone(project: QualityProject) -> None:
    work = WORK.format(20_000).replace('["count"]', '["count", "fresh"]')
    project.write({"work.py": work + "\ndef fresh():\n    return sorted(range(1000))\n"})
    project.commit()
    document = benchmark(project)
    assert set(document["arms"]["head"]) == {"count", "fresh"}
    assert set(document["arms"]["base"]) == {"count"}
    fresh = next(one for one in regressions(project)["measured"] if one["name"] == "fresh")
    assert (fresh["base_seconds"], fresh["change_percent"]) == (None, None)


def test_a_suite_that_base_cannot_run_says_so(project: QualityProject) -> None:
    project.write({"other/suite.py": SUITE})
    project.commit()
    done = project.quality("benchmark", "--command", COMMAND.replace("bench/", "other/"), "--rounds=5")
    assert done.returncode == 0
    document = json.loads((project.root / "reports/benchmarks.json").read_text())
    assert document["reason"].startswith("the suite does not run in base: failed with exit code")
    assert list(document["arms"]) == ["head"]
    found = regressions(project)
    assert (found["comparable"], found["reason"]) == (False, document["reason"])


def test_without_a_suite_the_run_fails_or_is_neutral(project: QualityProject) -> None:
    done = project.quality("benchmark")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "quality: --suite benchmarks/standard.py: there is no such suite",
    )
    assert project.quality("benchmark", "--if-present").returncode == 0
    found = regressions(project)
    assert (found["comparable"], found["reason"]) == (False, "the project has no benchmarks/standard.py")


def test_benchmarks_of_another_commit_are_not_compared(project: QualityProject) -> None:
    project.write({"work.py": WORK.format(40_000)})
    project.commit()
    benchmark(project)
    project.write({"README.md": "Later.\n"})
    project.commit()
    found = regressions(project)
    assert (found["comparable"], found["performance_regressions"]) == (False, [])
    assert found["reason"].startswith("the benchmarks are of commit ")


def test_hostile_names_reach_no_shell(project: QualityProject) -> None:
    name = "x$(touch${IFS}owned)`touch${IFS}owned`;'\""
    project.git("branch", name, "main")
    project.write({"work.py": WORK.format(20_001)})
    project.commit()
    benchmark(project, "--base", name, "--prepare", "python3 -c 'print(1)' '$(touch owned)'")
    assert not list(project.root.rglob("owned"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--rounds=4"], "--rounds 4: must be at least 5", id="too few rounds"),
        pytest.param(["--iterations=0"], "--iterations 0: must be at least 1", id="no iteration"),
        pytest.param(["--suite=../x.py"], "--suite ../x.py: lies outside the project", id="outside"),
        pytest.param(["--suite=suite.rb"], "--suite suite.rb: is no kind of suite", id="unknown kind"),
        pytest.param(["--command=a 'b"], "--command: No closing quotation", id="open quote"),
        pytest.param(["--command=no-such-program"], "no-such-program: cannot be started", id="no program"),
        pytest.param(["--command=git --version"], "git --version: gave no JSON", id="no results"),
        pytest.param(["--command=git nosuch"], "git nosuch: failed with exit code 1", id="it fails"),
        pytest.param(["--command=git log", "--prepare=git x"], "--prepare git: failed with", id="no build"),
        pytest.param(["--command=sleep 9", "--timeout=0.2"], "sleep 9: did not end within 0.2 s", id="slow"),
        pytest.param(["--project=nowhere"], "--project nowhere: no such directory", id="no project"),
    ],
)
def test_bad_input_is_one_message(project: QualityProject, options: list[str], message: str) -> None:
    done = project.quality("benchmark", *options)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("benchmark: ")]
    assert said[0].startswith(f"quality: {message}")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_leaves_nothing_behind(
    project: QualityProject, tmp_path: Path, number: signal.Signals
) -> None:
    """Neither base's checkout nor a running suite outlives it."""
    scratch, pids = tmp_path / "scratch", tmp_path / "pids"
    scratch.mkdir()
    suite = f"import os, time\nwith open({str(pids)!r}, 'a') as file:\n    print(os.getpid(), file=file)\ntime.sleep(60)\n"
    project.write({"bench/suite.py": suite})
    project.commit()
    # What is started in the background of a script inherits that interrupts are ignored.
    undo = ["env", "--default-signal=INT"]
    command = [*undo, sys.executable, "tools/quality", "benchmark", "--command", COMMAND]
    with subprocess.Popen(
        command, cwd=project.root, env={**RUN, "TMPDIR": str(scratch)}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(lambda: pids.is_file() and pids.read_text(), what="the suite starts")
            assert list(scratch.iterdir())
            process.send_signal(number)
            assert process.wait(timeout=30) == 128 + number
        finally:
            process.kill()
    assert list(scratch.iterdir()) == []
    assert len(project.git("worktree", "list").splitlines()) == 1
    for pid in pids.read_text().split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
