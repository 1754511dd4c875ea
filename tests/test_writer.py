"""All of a plan is written or nothing of it, whatever goes wrong on the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods import writer
from codemods.errors import InterruptedRunError, PlanOutdatedError, ReleaseQualityError, UsageError
from codemods.plan import Plan
from codemods.record import RECORD_FILE, Record
from codemods.writer import JOURNAL_FILE, apply_plan, recover


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app" / "main.py").write_bytes(b"app = 1\n")
    (root / "requirements.txt").write_bytes(b"fastapi\n")
    (root / "old.txt").write_bytes(b"old\n")
    return root


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def plan_for(root: Path) -> tuple[Plan, Record]:
    plan = Plan(root)
    plan.write("app/main.py", b"app = 2\n", feature="tracing", kind="injected")
    plan.write("app/instrumentation/__init__.py", b"", feature="config", kind="generated")
    plan.write("requirements.txt", b"fastapi\nhttpx\n", feature="config", kind="dependency")
    plan.write("old.txt", None, feature="config", kind="generated")
    record = Record()
    record.add(plan)
    return plan, record


def test_a_plan_without_changes_writes_nothing(project: Path) -> None:
    before = snapshot(project)
    apply_plan(Plan(project), Record())
    assert snapshot(project) == before


def test_a_plan_is_written_with_its_record(project: Path) -> None:
    plan, record = plan_for(project)
    apply_plan(plan, record)
    assert set(snapshot(project)) == {
        RECORD_FILE,
        "app/instrumentation/__init__.py",
        "app/main.py",
        "requirements.txt",
    }
    assert (project / "app" / "main.py").read_bytes() == b"app = 2\n"


def test_permissions_of_a_file_are_kept(project: Path) -> None:
    (project / "app" / "main.py").chmod(0o755)
    apply_plan(*plan_for(project))
    assert (project / "app" / "main.py").stat().st_mode & 0o777 == 0o755


def test_a_file_that_moved_on_is_refused_before_anything_is_written(project: Path) -> None:
    plan, record = plan_for(project)
    (project / "requirements.txt").write_bytes(b"flask\n")
    before = snapshot(project)
    with pytest.raises(PlanOutdatedError, match=r"requirements\.txt: has changed"):
        apply_plan(plan, record)
    assert snapshot(project) == before


def test_a_read_only_file_is_refused_before_anything_is_written(project: Path) -> None:
    plan, record = plan_for(project)
    (project / "requirements.txt").chmod(0o444)
    before = snapshot(project)
    with pytest.raises(UsageError, match="read-only"):
        apply_plan(plan, record)
    assert snapshot(project) == before


def test_a_read_only_directory_is_refused_before_anything_is_written(project: Path) -> None:
    plan, record = plan_for(project)
    (project / "app").chmod(0o555)
    before = snapshot(project)
    try:
        with pytest.raises(UsageError, match="not writable"):
            apply_plan(plan, record)
        assert snapshot(project) == before
    finally:
        (project / "app").chmod(0o755)


def test_a_link_that_leads_out_of_the_project_is_refused(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_bytes(b"app = 1\n")
    (project / "app" / "main.py").unlink()
    (project / "app" / "main.py").symlink_to(outside)
    with pytest.raises(UsageError, match="leads out of the project"):
        apply_plan(*plan_for(project))
    assert outside.read_bytes() == b"app = 1\n"


def test_a_link_inside_the_project_stays_a_link(project: Path) -> None:
    (project / "app" / "main.py").rename(project / "real.py")
    (project / "app" / "main.py").symlink_to("../real.py")
    apply_plan(*plan_for(project))
    assert (project / "app" / "main.py").is_symlink()
    assert (project / "real.py").read_bytes() == b"app = 2\n"


@pytest.mark.parametrize("fails_at", range(1, 5), ids=lambda number: f"write {number}")
def test_a_full_disk_at_any_write_leaves_everything_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    plan, record = plan_for(project)
    before = snapshot(project)
    replace = writer._replace
    count = 0

    def full(target: Path, content: bytes) -> None:
        nonlocal count
        count += 1
        if count == fails_at + 1:  # the first write is the journal
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        replace(target, content)

    monkeypatch.setattr(writer, "_replace", full)
    with pytest.raises(ReleaseQualityError, match="No space left on device"):
        apply_plan(plan, record)
    assert snapshot(project) == before
    assert not (project / "app" / "instrumentation").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from codemods import writer
sys.path.insert(0, sys.argv[3])
from test_writer import plan_for
calls = 0
def dies(function):
    def wrapper(*args, **kwargs):
        global calls
        calls += 1
        if calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapper
os.fsync = dies(os.fsync)
Path.replace = dies(Path.replace)
Path.unlink = dies(Path.unlink)
writer.apply_plan(*plan_for(Path(sys.argv[1])))
"""


def test_kill_9_at_any_step_is_undone_by_the_next_run(project: Path) -> None:
    before = snapshot(project)
    killed = 0
    for step in range(1, 40):
        command = [sys.executable, "-c", KILLED, str(project), str(step), str(Path(__file__).parent)]
        result = subprocess.run(command, check=False, capture_output=True)
        if result.returncode == 0:
            break
        assert result.returncode == -9, result.stderr.decode()
        killed += 1
        recover(project)
        leftovers = {path for path in snapshot(project) if path.endswith("-tmp")}
        assert not leftovers
        assert snapshot(project) == before, f"step {step}"
    assert killed >= 10
    assert not (project / JOURNAL_FILE).exists()


def test_recovery_names_a_file_that_somebody_changed_meanwhile(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, record = plan_for(project)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "_remove_empty_directories", interrupt)
    with pytest.raises(KeyboardInterrupt):
        apply_plan(plan, record)
    assert (project / JOURNAL_FILE).exists()
    (project / "requirements.txt").write_bytes(b"changed by hand\n")
    with pytest.raises(InterruptedRunError, match=r"requirements\.txt"):
        recover(project)
    assert (project / "requirements.txt").read_bytes() == b"changed by hand\n"


def test_a_second_run_at_the_same_time_is_refused(project: Path) -> None:
    import fcntl

    handle = os.open(project, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    before = snapshot(project)
    try:
        with pytest.raises(ReleaseQualityError, match="another run"):
            apply_plan(*plan_for(project))
    finally:
        os.close(handle)
    assert snapshot(project) == before
