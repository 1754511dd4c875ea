"""Bad input: a message of what, where and what next, the documented exit code, and nothing of the user's changed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.directories import read_tree, write_tree

from codemods.cli import main
from codemods.record import RECORD_FILE
from codemods.render import ANSWERS_FILE
from codemods.writer import JOURNAL_FILE

EXAMPLES = Path(__file__).parent.parent / "frameworks" / "fastapi" / "examples"
pytestmark = pytest.mark.usefixtures("quick_rendering")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "module-level-app" / "before", tmp_path / "shop"))


def refused(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 2) -> str:
    """Run the command line, expect a refusal, and return its message."""
    assert main([str(each) for each in arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(("error: ", "note: "))
    return captured.err


# ---- the path


def test_a_path_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "apply", tmp_path / "nope")
    assert f"{tmp_path}/nope: no such directory" in message
    assert "Give the directory of the service" in message


def test_a_file_is_answered_with_its_directory(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "apply", shop / "requirements.txt")
    assert "requirements.txt: is a file, not a project directory" in message
    assert f"Did you mean {shop}?" in message


@pytest.mark.parametrize("folder", [".", "app"])
def test_a_directory_that_cannot_be_written(
    shop: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tree(shop)
    (shop / folder).chmod(0o555)
    try:
        message = refused(capsys, "apply", shop)
    finally:
        (shop / folder).chmod(0o755)
    assert f"{(shop / folder).resolve()}: is not writable; nothing was written" in message
    assert "Check the owner and the permissions" in message
    assert read_tree(shop) == before


def test_a_read_only_file_stops_the_run_before_anything_is_written(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tree(shop)
    (shop / "app" / "main.py").chmod(0o444)
    message = refused(capsys, "apply", shop)
    assert "app/main.py: is read-only; nothing was written" in message
    assert "chmod u+w app/main.py" in message
    assert read_tree(shop) == before


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="empty"),
        pytest.param({"README.md": "# Shop\n"}, id="text only"),
        pytest.param({"package.json": "{}", "index.js": "1\n"}, id="JavaScript"),
    ],
)
def test_a_directory_without_python(
    tmp_path: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_tree(tmp_path / "shop", files)
    before = read_tree(root)
    message = refused(capsys, "apply", root)
    assert f"{root}: no Python project" in message
    assert "Give the directory that holds" in message
    assert read_tree(root) == before


# ---- values, each refused before anything is written


VALUES = [
    pytest.param(
        ["add-tracing", "--sampling-rate", "1.5"],
        ["sampling_rate: must be a number from 0 to 1, not 1.5", "0.1 keeps one trace in ten"],
        id="sampling rate above one",
    ),
    pytest.param(
        ["add-tracing", "--sampling-rate", "nan"],
        ["must be a number from 0 to 1"],
        id="sampling rate is no number",
    ),
    pytest.param(
        ["add-tracing", "--sampling-rate", "half"],
        ["--sampling-rate", "'half'", "--help shows the options"],
        id="sampling rate in words",
    ),
    *(
        pytest.param(
            ["add-tracing", "--service-name", name],
            [f"service_name: cannot be {name!r}", "Letters, digits, dots, dashes"],
            id=f"service name with {what}",
        )
        for name, what in [
            ('my "api"', "quotes"),
            ("a\nb", "a newline"),
            ("{{ 7 * 7 }}", "braces"),
            ("{% raw %}", "a Jinja tag"),
            ("", "nothing"),
            ("x" * 64, "too many letters"),
        ]
    ),
    pytest.param(
        ["add-tracing", "--otlp-endpoint", "localhost:4318"],
        ["otlp_endpoint: is not an http(s) URL", "For example http://localhost:4318"],
        id="endpoint without a scheme",
    ),
    pytest.param(
        ["add-tracing", "--manual-spans", "raed_item"],
        ["no function 'raed_item' in the project", "Did you mean 'read_item'?"],
        id="unknown function",
    ),
    pytest.param(
        ["add-tracing", "--manual-spans", "read item"],
        ["not the name of a function: 'read item'", "package.module:Class.name"],
        id="function with a space",
    ),
    pytest.param(
        ["add-metrics", "--metrics-endpoint", "metrics"],
        ["metrics_endpoint: cannot be 'metrics'", "begins with a slash"],
        id="metrics endpoint without a slash",
    ),
    pytest.param(
        ["add-metrics", "--custom-metrics", "{"],
        ["--custom-metrics: is not JSON", "--help shows the options"],
        id="custom metrics that are no JSON",
    ),
    pytest.param(
        ["add-metrics", "--custom-metrics", "{}"], ["must be a JSON list"], id="custom metrics in no list"
    ),
    pytest.param(
        ["add-metrics", "--custom-metrics", '[{"name": "9 lives"}]'],
        ["custom_metrics '9 lives': name must be letters", "For example orders_created_total"],
        id="metric with a bad name",
    ),
    pytest.param(
        ["add-metrics", "--custom-metrics", '[{"name": "a", "typ": "counter"}]'],
        ["unknown key 'typ'", "Keys: description"],
        id="metric with an unknown key",
    ),
    pytest.param(
        ["add-health-checks", "--check-external-services", "ftp://files"],
        ["external_services", '"ftp://files" is not a URL'],
        id="external service of another kind",
    ),
    pytest.param(
        ["add-profiling", "--output-dir", "../profiles"],
        ["profile_output_dir: cannot be '../profiles'", "without .."],
        id="output directory outside the project",
    ),
    pytest.param(["generate-config", "--metrics-port", "0"], ["metrics_port: cannot be 0"], id="port zero"),
    pytest.param(
        ["generate-config", "--environment", "moon"],
        ["'moon'", "'development', 'production'"],
        id="unknown choice",
    ),
    pytest.param(
        ["apply", "--data", "sampling_rat=0.5"],
        ["unknown answer 'sampling_rat'", "Did you mean 'sampling_rate'?"],
        id="unknown answer",
    ),
    pytest.param(
        ["apply", "--data", "tracing"], ["--data: not KEY=VALUE: 'tracing'", "For example"], id="no value"
    ),
    pytest.param(
        ["apply", "--data", "tracing=maybe"],
        ["tracing: cannot be 'maybe'", "It is of type bool"],
        id="answer of another type",
    ),
    pytest.param(
        ["apply", "--data", "environment=moon"],
        ["environment: cannot be 'moon'", "Choices: production, development"],
        id="answer that is no choice",
    ),
    pytest.param(
        ["apply", "--data", "package_dir=../elsewhere"],
        ["package_dir: cannot be '../elsewhere'", "A folder below the project"],
        id="package outside the project",
    ),
    pytest.param(
        ["apply", "--data-file", "nope.yml"], ["nope.yml: cannot be read: No such file"], id="no data file"
    ),
    pytest.param(
        ["apply", "--only", "traces"],
        ["unknown feature 'traces'", "Features: logging, tracing"],
        id="unknown feature",
    ),
    pytest.param(["apply", "--colour"], ["--colour", "release-quality apply --help"], id="unknown flag"),
    pytest.param(
        ["apply", "--app", "app.main:application"],
        ["app.main:application: no such application", "app.main:app (app/main.py:7"],
        id="unknown application",
    ),
    pytest.param(
        ["apply", "--service", "orders"],
        ["orders: no such directory", "Give the directory"],
        id="unknown service",
    ),
    pytest.param(
        ["apply", "--service", ".."], ["--service ..: lies outside the project"], id="service outside"
    ),
    pytest.param(["aply"], ["unknown operation 'aply'", "Did you mean 'apply'?"], id="unknown operation"),
]


@pytest.mark.parametrize(("arguments", "expected"), VALUES)
def test_a_bad_value_is_named_with_what_would_be_good(
    shop: Path, arguments: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tree(shop)
    message = refused(capsys, arguments[0], shop, *arguments[1:])
    for text in expected:
        assert text in message
    assert "Traceback" not in message
    assert read_tree(shop) == before


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("tracing: [", "answers.yml: is not YAML (line 1)", id="not YAML"),
        pytest.param("- tracing", "answers.yml: holds no mapping", id="a list"),
        pytest.param(b"\xff\xfe", "answers.yml: is not YAML", id="not text"),
    ],
)
def test_a_data_file_that_cannot_be_used(
    shop: Path, tmp_path: Path, content: str | bytes, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, {"answers.yml": content})
    message = refused(capsys, "apply", shop, "--data-file", tmp_path / "answers.yml")
    assert expected in message
    assert "Give a YAML file of KEY: VALUE lines" in message


def test_an_ambiguous_function_lists_its_candidates(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(shop, {"app/other.py": "def index() -> int:\n    return 1\n"})
    message = refused(capsys, "add-profiling", shop, "--target-functions", "index")
    assert "'index' is ambiguous" in message
    assert "Candidates: app.main:index, app.other:index" in message


def test_two_applications_and_no_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(shutil.copytree(EXAMPLES / "two-apps-without-a-choice" / "before", tmp_path / "shop"))
    message = refused(capsys, "apply", root)
    assert "2 applications could be meant" in message
    assert (
        "Choose one with --app: shop.internal:app (shop/internal.py:3, 1 endpoints); shop.public:app"
        in message
    )
    assert main(["apply", str(root), "--app", "shop.public:app"]) == 0
    assert b"setup_tracing" in (root / "shop" / "public.py").read_bytes()
    assert b"setup_tracing" not in (root / "shop" / "internal.py").read_bytes()


# ---- files


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"from fastapi import FastAPI\n\napp = FastAPI(\n", "app/main.py", id="syntax error"),
        pytest.param(
            b"from fastapi import FastAPI\n\napp = FastAPI()\nprint 'up'\n",
            "line 4 is Python 2",
            id="Python 2",
        ),
        pytest.param(
            b'from fastapi import FastAPI\n\napp = FastAPI(title="Caf\xe9")\n',
            "app/main.py (is not UTF-8 and has no coding cookie)",
            id="Latin-1 without a cookie",
        ),
        pytest.param(
            b"# coding: klingon\nfrom fastapi import FastAPI\n\napp = FastAPI()\n",
            "'klingon'",
            id="unknown cookie",
        ),
        pytest.param(b"from fastapi import FastAPI\n\napp = FastAPI()\n\0", "null bytes", id="null bytes"),
        pytest.param(
            b"from fastapi import FastAPI\n\napp = FastAPI()\n" + b"#" * 20_000_000,
            "too large: 20 MB",
            id="20 MB",
        ),
        pytest.param(
            b"from fastapi import FastAPI\n\napp = FastAPI()\nx = " + b"(" * 5000 + b")" * 5000,
            "app/main.py",
            id="nested without end",
        ),
    ],
)
def test_an_application_file_that_cannot_be_read(
    shop: Path, content: bytes, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "app" / "main.py").write_bytes(content)
    before = read_tree(shop)
    message = refused(capsys, "apply", shop)
    assert "app/main.py" in message
    assert expected in message
    assert read_tree(shop) == before


def test_a_broken_file_elsewhere_is_no_obstacle(shop: Path) -> None:
    write_tree(shop, {"app/broken.py": "def (:\n", "app/old.py": "print 'x'\n", "app/odd.py": b"# \xff\n"})
    before = read_tree(shop)
    assert main(["apply", str(shop)]) == 0
    assert main(["remove", str(shop)]) == 0
    assert read_tree(shop) == before


def test_a_link_that_leads_out_of_the_project_is_not_followed(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.py"
    (shop / "app" / "main.py").rename(outside)
    (shop / "app" / "main.py").symlink_to(outside)
    before, content = read_tree(shop), outside.read_bytes()
    message = refused(capsys, "apply", shop)
    assert "app/main.py (symbolic link that leads out of the project)" in message
    assert read_tree(shop) == before
    assert outside.read_bytes() == content


def test_a_manifest_that_leads_out_of_the_project_is_left_with_the_lines_to_paste(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "requirements.txt"
    (shop / "requirements.txt").rename(outside)
    (shop / "requirements.txt").symlink_to(outside)
    content = outside.read_bytes()
    message = refused(capsys, "apply", shop, code=1)
    assert "requirements.txt: it is a link that leads out of the project" in message
    assert "    opentelemetry-sdk==" in message
    assert outside.read_bytes() == content


def test_a_directory_that_leads_out_of_the_project_is_not_written_through(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "outside").mkdir()
    (shop / "config").symlink_to(tmp_path / "outside")
    message = refused(capsys, "apply", shop)
    assert "config/" in message
    assert "leads out of the project" in message
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (shop / "app" / "instrumentation").exists()


# ---- our own files, damaged


@pytest.mark.parametrize("operation", ["apply", "remove", "verify"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("tracing: [\n", "is not YAML (line 2)", id="not YAML"),
        pytest.param("- tracing\n", "holds no answers", id="a list"),
    ],
)
def test_damaged_answers(
    shop: Path, operation: str, content: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(shop, {ANSWERS_FILE: content})
    before = read_tree(shop)
    message = refused(capsys, operation, shop)
    assert f"{ANSWERS_FILE}: {expected}" in message
    assert "Restore it from version control" in message
    assert read_tree(shop) == before


@pytest.mark.parametrize("operation", ["apply", "remove"])
@pytest.mark.parametrize(
    "content", ["{", "[]", '{"version": 1}', '{"generated": {}, "touched": {}, "steps": [{"path": 1}]}']
)
def test_a_damaged_record(
    shop: Path, operation: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(shop, {RECORD_FILE: content})
    before = read_tree(shop)
    message = refused(capsys, operation, shop)
    assert f"{RECORD_FILE}: cannot be read as a record" in message
    assert "Restore it from version control, or delete it" in message
    assert read_tree(shop) == before


@pytest.mark.parametrize("content", ["{", "[]", '{"files": []}'])
def test_a_damaged_journal(shop: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(shop, {JOURNAL_FILE: content})
    before = read_tree(shop)
    message = refused(capsys, "apply", shop, code=1)
    assert f"{JOURNAL_FILE}: cannot be read" in message
    assert "An earlier run was cut off" in message
    assert read_tree(shop) == before


# ---- git


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(shop: Path) -> Path:
    git(shop, "init", "--quiet")
    git(shop, "add", ".")
    git(shop, "commit", "--quiet", "--message", "Shop")
    return shop


def test_uncommitted_changes_are_named_and_asked_for(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main_file = repository / "app" / "main.py"
    main_file.write_bytes(main_file.read_bytes() + b"# draft\n")
    before = read_tree(repository)
    message = refused(capsys, "apply", repository)
    assert "there are uncommitted changes: app/main.py" in message
    assert "Commit or stash them, or pass --allow-dirty" in message
    assert read_tree(repository) == before
    assert main(["apply", str(repository), "--check"]) == 1
    assert main(["apply", str(repository), "--allow-dirty"]) == 0


def test_what_earlier_runs_left_uncommitted_does_not_count(repository: Path) -> None:
    assert main(["add-tracing", str(repository)]) == 0
    assert main(["add-metrics", str(repository)]) == 0
    assert main(["remove", str(repository)]) == 0
    assert git(repository, "status", "--porcelain") == ""


def test_an_edit_on_top_of_ours_counts_again(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add-tracing", str(repository)]) == 0
    capsys.readouterr()
    file = repository / "app" / "main.py"
    file.write_bytes(file.read_bytes() + b"# draft\n")
    assert "app/main.py" in refused(capsys, "add-metrics", repository)


def test_untracked_files_do_not_count(repository: Path) -> None:
    write_tree(repository, {"notes.txt": "buy lamps\n"})
    assert main(["apply", str(repository)]) == 0


def test_changes_outside_the_service_do_not_count(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "repository", {"README.md": "# Shops\n"})
    shutil.copytree(EXAMPLES / "module-level-app" / "before", root / "shop")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Shop")
    (root / "README.md").write_text("# Our shops\n")
    assert main(["apply", str(root / "shop")]) == 0


# ---- the real console


def console(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codemods", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["apply", "nope"], 2, id="no such directory"),
        pytest.param(["apply", "shop", "--data", "tracing=maybe"], 2, id="bad answer"),
        pytest.param(["add-tracing", "shop", "--service-name", '"{{ 1 }}"'], 2, id="bad service name"),
        pytest.param(["apply", "broken"], 2, id="syntax error"),
        pytest.param(["apply", "journal"], 1, id="damaged journal"),
        pytest.param(["nope"], 2, id="unknown operation"),
    ],
)
def test_the_console_prints_a_message_and_never_a_traceback(
    shop: Path, arguments: list[str], code: int
) -> None:
    root = shop.parent
    shutil.copytree(shop, root / "journal")
    write_tree(root / "journal", {JOURNAL_FILE: "{"})
    write_tree(
        shutil.copytree(shop, root / "broken"),
        {"app/main.py": "from fastapi import FastAPI\napp = FastAPI(\n"},
    )
    before = read_tree(root)
    done = console(*arguments, cwd=root)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert read_tree(root) == before


# Stops the process for good behind the given number of replaced files: no handler, no clean-up, as kill -9 does.
KILLED = """
import os, signal, sys
from codemods import cli, writer

replace, left = writer._replace, int(sys.argv.pop(1))


def counting(target, content):
    global left
    replace(target, content)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


writer._replace = counting
cli.main()
"""


@pytest.mark.parametrize("writes", [1, 2, 9, 24])
def test_killed_while_writing_the_next_run_starts_from_the_old_files(
    shop: Path, tmp_path: Path, writes: int
) -> None:
    other = Path(shutil.copytree(shop, tmp_path / "other" / "shop"))
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    cut = subprocess.run([sys.executable, script, str(writes), "apply", shop], check=False, timeout=120)
    assert cut.returncode == -signal.SIGKILL
    assert (shop / JOURNAL_FILE).exists()
    assert main(["apply", str(shop)]) == 0
    assert main(["apply", str(other)]) == 0
    assert read_tree(shop) == read_tree(other)


def test_killed_at_any_moment_removal_gives_the_original(shop: Path) -> None:
    before = read_tree(shop)
    for delay in (0.4, 0.8, 1.2):
        with subprocess.Popen([sys.executable, "-m", "codemods", "apply", str(shop)]) as process:
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
    assert main(["remove", str(shop)]) == 0
    assert read_tree(shop) == before
