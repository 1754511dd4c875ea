"""Several processes that write into one history at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import quality

if TYPE_CHECKING:
    from collections.abc import Mapping

# Waits for a line, so that all begin together once all of them have been loaded.
_WRITER = """
import pathlib, sys
from quality.documents import Snapshot
from quality.history import open_history
location, project, name, count = sys.argv[1:]
snapshot = Snapshot.model_validate_json(sys.stdin.readline())
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    snapshot.commit = f"{name}-{number}"
    with open_history(location, pathlib.Path(project), create=True) as history:
        history.store(snapshot)
"""


def write_together(
    location: str,
    project: Path,
    snapshot_json: str,
    *,
    processes: int,
    each: int,
    environment: Mapping[str, str],
) -> None:
    """Let processes store snapshots, each under commits of its own: ``0-0``, ``0-1`` …

    Args:
        location: The history.
        project: The directory that a file is relative to.
        snapshot_json: What they store.
        processes: How many at once.
        each: How many snapshots each stores.
        environment: Of the processes.
    """
    path = str(Path(quality.__file__).parent.parent)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, location, str(project), str(name), str(each)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "PYTHONPATH": path},
        )
        for name in range(processes)
    ]
    line = json.dumps(json.loads(snapshot_json))
    for one in running:
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdin.write(f"{line}\n")
        one.stdin.flush()
        assert one.stdout.readline() == "ready\n"
    for one in running:
        one.communicate("go\n", timeout=120)
    assert [one.returncode for one in running] == [0] * processes
