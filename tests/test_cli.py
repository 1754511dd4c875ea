"""The command line: three ways to the same result, one JSON document, documented exit codes, a quick start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.directories import read_tree

from codemods.api import invoke
from codemods.cli import main
from codemods.operation import load, operations
from codemods.record import RECORD_FILE
from codemods.render import ANSWERS_FILE

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "frameworks" / "fastapi" / "examples"

# Parameters and return keys of every operation, as the contract names them.
CONTRACT = {
    "analyze_codebase": (
        ["language", "framework", "detect_endpoints", "detect_database"],
        [
            *(
                "analysis",
                "language",
                "framework",
                "framework_version",
                "entry_points",
                "database_connections",
            ),
            *(
                "async_operations",
                "cache_connections",
                "http_clients",
                "launch_commands",
                "existing_instrumentation",
            ),
            *("package_manager", "manifests", "instrumentation_needed", "skipped_files"),
        ],
    ),
    "add_tracing": (
        [
            *(
                "service_name",
                "otlp_endpoint",
                "jaeger_endpoint",
                "sampling_rate",
                "auto_instrument",
                "manual_spans",
            ),
            *("trace_database", "trace_http", "trace_redis"),
        ],
        [
            *(
                "files_modified",
                "files_created",
                "dependencies_added",
                "instrumentation_points",
                "auto_instrumented",
            ),
            *("manual_spans_added", "config_file", "instructions"),
        ],
    ),
    "add_profiling": (
        ["target_functions", "auto_detect_slow", "profile_memory", "profile_cpu", "output_dir"],
        ["profiled_functions", "profiling_module", "files_modified", "dependencies_added"],
    ),
    "add_metrics": (
        [
            "framework",
            "metrics_endpoint",
            "track_requests",
            "track_latency",
            "track_errors",
            "custom_metrics",
        ],
        ["metrics_endpoint", "metrics_added", "dependencies_added", "files_modified", "instructions"],
    ),
    "add_health_checks": (
        ["check_database", "check_redis", "check_external_services", "health_endpoint", "readiness_endpoint"],
        ["health_endpoint", "readiness_endpoint", "checks", "files_modified", "dependencies_added"],
    ),
    "generate_config": (
        ["environment", "otlp_endpoint", "jaeger_endpoint", "metrics_port", "log_level"],
        ["config_file", "environment", "files_created"],
    ),
    "apply": (
        [],
        ["files_modified", "files_created", "dependencies_added", "auto_instrumented", "left_out", "next"],
    ),
    "remove": ([], ["files_modified", "files_deleted", "kept"]),
}
FLAGS = [
    *(
        "--diff",
        "--check",
        "--json",
        "--only",
        "--skip",
        "--service",
        "--app",
        "--allow-dirty",
        "--defaults",
        "--data",
    ),
    *("--data-file", "--all-services"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "module-level-app" / "before", tmp_path / "shop"))


def run(*command: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
        timeout=120,
    )


CONSOLE = (sys.executable, "-m", "codemods")
CODEMOD = (sys.executable, "codemods/add_tracing.py")
BOWLER = (sys.executable, "-m", "bowler", "run", "codemods/add_tracing.py", "--")


def without_provenance(root: Path) -> dict[str, bytes]:
    """Return a tree without the commit of the template, which may move while the tests run."""
    return {name: data for name, data in read_tree(root).items() if name not in {ANSWERS_FILE, RECORD_FILE}}


def test_the_console_a_codemod_alone_bowler_and_python_do_the_same(shop: Path, tmp_path: Path) -> None:
    arguments = ["--sampling-rate", "0.5", "--manual-spans", "read_item"]
    results = []
    for name, command in (
        ("console", (*CONSOLE, "add-tracing")),
        ("codemod", CODEMOD),
        ("bowler", BOWLER),
    ):
        root = Path(shutil.copytree(shop, tmp_path / name / "shop"))
        done = run(*command, root, *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        results.append(without_provenance(root))
    root = Path(shutil.copytree(shop, tmp_path / "python" / "shop"))
    given = {"project_path": root, "sampling_rate": 0.5, "manual_spans": ["read_item"]}
    assert invoke("code-instrumenter", "add_tracing", given).success
    for result in results:
        assert result == without_provenance(root)
    assert b"@traced" in (root / "app" / "routers" / "items.py").read_bytes()


@pytest.mark.parametrize(
    "command", [(*CONSOLE, "add-tracing"), CODEMOD, BOWLER], ids=["console", "codemod", "bowler"]
)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--check"], 1), (["--diff"], 0), (["--sampling-rate", "2"], 2), (["--nope"], 2)],
    ids=["would change", "diff", "bad value", "unknown flag"],
)
def test_every_way_ends_with_the_documented_exit_code(
    shop: Path, command: tuple[str, ...], arguments: list[str], code: int
) -> None:
    before = read_tree(shop)
    done = run(*command, shop, *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert read_tree(shop) == before


def document(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main([*map(str, arguments), "--json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    return code, dict(json.loads(captured.out))


@pytest.mark.parametrize("operation", CONTRACT)
def test_json_holds_the_keys_of_the_contract(
    shop: Path, operation: str, capsys: pytest.CaptureFixture[str], quick_rendering: None
) -> None:
    if operation == "remove":
        main(["apply", str(shop)])
        capsys.readouterr()
    code, found = document(capsys, operation.replace("_", "-"), shop)
    assert code == 0
    assert set(CONTRACT[operation][1]) | {"success", "errors", "warnings"} <= set(found)
    assert found["success"] is True
    assert found["errors"] == []


@pytest.mark.parametrize("operation", CONTRACT)
def test_help_shows_every_parameter_of_the_contract_and_every_shared_flag(
    operation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([operation.replace("_", "-"), "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for flag in [f"--{name.replace('_', '-')}" for name in CONTRACT[operation][0]] + FLAGS:
        assert f"{flag} " in shown or f"{flag}," in shown or f"{flag}\n" in shown or f"{flag}]" in shown, flag


def test_every_module_of_an_operation_is_listed_and_says_what_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert set(CONTRACT) < set(operations())
    for operation in operations():
        assert operation.replace("_", "-") in shown
        assert load(operation).SUMMARY[:40] in shown


def test_json_of_a_refused_edit_names_it_with_the_lines_to_paste(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quick_rendering: None
) -> None:
    root = Path(shutil.copytree(EXAMPLES / "inside-a-dictionary" / "before", tmp_path / "shop"))
    code, found = document(capsys, "apply", root)
    assert code == 1
    assert found["success"] is False
    assert any("setup_tracing(" in error for error in found["errors"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["add-tracing", "--sampling-rate", "2"], 2, id="bad value"),
        pytest.param(["apply", "--nope"], 2, id="unknown flag"),
        pytest.param(["aply"], 2, id="unknown operation"),
        pytest.param(["apply", "--app", "nope"], 2, id="unknown application"),
    ],
)
def test_errors_are_json_when_json_was_asked_for(
    shop: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, found = document(capsys, arguments[0], shop, *arguments[1:])
    assert ended == code
    assert found["success"] is False
    assert len(found["errors"]) == 1


def test_the_short_name_of_the_analysis(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "analyze", shop)
    assert code == 0
    assert found["framework"] == "fastapi"
    assert [entry["endpoints"] for entry in found["entry_points"] if entry["type"] == "api"] == [3]


def test_the_path_may_stand_behind_the_flags(
    shop: Path, capsys: pytest.CaptureFixture[str], quick_rendering: None
) -> None:
    assert main(["apply", "--check", str(shop)]) == 1


def test_the_diff_on_standard_output_is_good_for_git_whatever_the_encoding(tmp_path: Path) -> None:
    root = Path(shutil.copytree(EXAMPLES / "latin-1-cookie" / "before", tmp_path / "shop"))
    command = [*CONSOLE, "apply", str(root), "--diff"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    subprocess.run(["git", "apply", "-"], input=done.stdout, cwd=root, check=True)
    assert (root / "app" / "main.py").read_bytes() == (
        EXAMPLES / "latin-1-cookie" / "after" / "app" / "main.py"
    ).read_bytes()
    assert b"Would change" in done.stderr


def test_the_diff_of_one_service_fits_the_directory_it_was_asked_for_in(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], quick_rendering: None
) -> None:
    root = Path(shutil.copytree(EXAMPLES / "monorepo-service" / "before", tmp_path / "shop"))
    assert main(["apply", str(root), "--service", "services/orders", "--diff"]) == 0
    assert b"\n+++ b/services/orders/orders/main.py\n" in capfdbinary.readouterr().out


def test_all_services_are_one_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quick_rendering: None
) -> None:
    root = Path(shutil.copytree(EXAMPLES / "monorepo-service" / "before", tmp_path / "shop"))
    before = read_tree(root)
    code, found = document(capsys, "apply", root, "--all-services")
    assert code == 0
    assert list(found["services"]) == ["services/orders", "services/users"]
    assert "services/users/users/main.py" in found["services"]["services/users"]["files_modified"]
    assert main(["apply", str(root), "--all-services", "--check"]) == 0
    assert main(["remove", str(root), "--all-services"]) == 0
    assert read_tree(root) == before


def test_one_service_that_cannot_be_done_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quick_rendering: None
) -> None:
    root = Path(shutil.copytree(EXAMPLES / "monorepo-service" / "before", tmp_path / "shop"))
    (root / "services" / "orders" / "orders" / "main.py").chmod(0o444)
    code, found = document(capsys, "apply", root, "--all-services")
    assert code == 2
    assert found["errors"] == [
        "services/orders: orders/main.py: is read-only; nothing was written\n  chmod u+w orders/main.py"
    ]
    assert (root / "services" / "users" / ".release-quality.json").exists()
    assert not (root / "services" / "orders" / ".release-quality.json").exists()


def test_a_reader_that_stops_early_is_no_error(shop: Path) -> None:
    command = " ".join([*CONSOLE, "apply", str(shop), "--diff", "| head -1; exit ${PIPESTATUS[0]}"])
    done = run("bash", "-c", command)
    assert done.returncode == 0
    assert done.stdout.startswith("--- ")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["apply", "--help"], ["add-tracing", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom codemods.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sys.modules, file=sys.stderr)\n"
    )
    done = run(sys.executable, "-c", code)
    loaded = set(done.stderr.rpartition("LOADED")[2].split())
    assert done.returncode == 0
    assert not loaded & {
        "libcst",
        "copier",
        "rich",
        "ast_grep_py",
        "tomlkit",
        "ruamel",
        "pydantic",
        "yaml",
        "jinja2",
    }
