"""The machine is described with the standard library alone; only what changes a measurement changes the fingerprint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import quality
from quality.documents import Environment
from quality.machine import container_cpus, container_memory, describe_machine, fingerprint
from support.evidence import ENVIRONMENT

TOOLS = str(Path(quality.__file__).parent.parent)


def test_this_machine_is_a_valid_environment() -> None:
    machine = Environment.model_validate(describe_machine())
    assert machine.cpu
    assert machine.cores >= 1
    assert machine.runtimes["python"] == ".".join(map(str, sys.version_info[:3]))
    assert machine.fingerprint == describe_machine()["fingerprint"]


@pytest.mark.parametrize("module", ["machine", "cli", "errors"])
def test_what_benchmark_imports_needs_no_package(module: str) -> None:
    code = f"import sys; sys.path.insert(0, {TOOLS!r}); import quality.{module}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


@pytest.mark.parametrize(
    ("files", "cpus", "memory"),
    [
        ({"cpu.max": "150000 100000\n", "memory.max": "536870912\n"}, 1.5, 512),
        ({"cpu.max": "max 100000\n", "memory.max": "max\n"}, None, None),
        (
            {
                "cpu/cpu.cfs_quota_us": "200000\n",
                "cpu/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": "1073741824\n",
            },
            2.0,
            1024,
        ),
        (
            {
                "cpu/cpu.cfs_quota_us": "-1\n",
                "cpu/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            None,
            None,
        ),
        ({"cpu.max": "", "memory.max": "many"}, None, None),
        ({}, None, None),
    ],
    ids=["v2", "v2-unlimited", "v1", "v1-unlimited", "damaged", "none"],
)
def test_limits_of_a_container(
    tmp_path: Path, files: dict[str, str], cpus: float | None, memory: int | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert (container_cpus(tmp_path), container_memory(tmp_path)) == (cpus, memory)


def machine(**different: Any) -> str:
    same = {"runtimes": {"python": "3.12.1"}, "container_cpus": None, "container_memory_mb": None}
    return fingerprint(ENVIRONMENT | same | different)


@pytest.mark.parametrize(
    "different",
    [
        {"cpu": "y"},
        {"cores": 4},
        {"memory_mb": 4096},
        {"runtimes": {"python": "3.13.0"}},
        {"container_cpus": 1.0},
    ],
)
def test_another_machine_has_another_fingerprint(different: dict[str, Any]) -> None:
    assert machine(**different) != machine()


@pytest.mark.parametrize(
    "different", [{"memory_mb": 1030}, {"runtimes": {"python": "3.12.9"}}, {"fingerprint": "f"}]
)
def test_patch_versions_and_a_few_megabytes_make_no_other_machine(different: dict[str, Any]) -> None:
    assert machine(**different) == machine()
