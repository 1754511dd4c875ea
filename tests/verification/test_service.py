"""Real processes: they are waited for, their output is kept, and nothing of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from codemods.analysis.model import Analysis, Application, LaunchCommand, Package
from codemods.errors import UsageError
from codemods.verification.run import child_environment
from codemods.verification.service import (
    Launch,
    Service,
    ServiceFailedError,
    free_port,
    launch_for,
    with_port,
)

PYTHON = Path(sys.executable)
SERVER = "import http.server, sys; http.server.test(http.server.BaseHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"


def service(directory: Path, code: str, *, timeout: float = 10.0) -> Service:
    port = free_port()
    launch = Launch((sys.executable, "-u", "-c", code, str(port)), directory)
    return Service(launch, dict(os.environ), port, timeout=timeout)


def alive(process: int) -> bool:
    try:
        # A zombie still answers to signal 0; what counts is that it no longer runs.
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(process: int) -> bool:
    deadline = time.monotonic() + 5
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(process)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("raise SystemExit('no such table')", "no such table", id="it says why"),
        pytest.param("raise SystemExit(3)", "exit code 3", id="it says nothing"),
        pytest.param(
            "import not_installed_here",
            "not_installed_here is not installed there",
            id="a package is missing",
        ),
        pytest.param(
            "import time; print('thinking'); time.sleep(60)", "does not listen", id="it never listens"
        ),
    ],
)
def test_a_service_that_does_not_start_is_an_error_with_its_last_lines(
    tmp_path: Path, code: str, says: str
) -> None:
    with pytest.raises(ServiceFailedError, match=says), service(tmp_path, code, timeout=1.0):
        pass


def test_a_command_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    launch = Launch((str(tmp_path / "nothing"),), tmp_path)
    with pytest.raises(ServiceFailedError, match="cannot be started"), Service(launch, {}, free_port()):
        pass


def test_a_service_answers_inside_its_block_and_is_gone_after_it(tmp_path: Path) -> None:
    code = f"import os; print('process', os.getpid()); {SERVER}"
    with service(tmp_path, code) as running:
        with pytest.raises(urllib.error.HTTPError, match="501"):
            urllib.request.urlopen(running.url)
        process = int(running.output.split("process ")[1].split()[0])
    assert gone(process)
    assert '"GET / HTTP/1.1" 501' in running.output


def test_children_that_ignore_being_asked_are_gone_too(tmp_path: Path) -> None:
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    code = (
        "import subprocess, sys;"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE);"
        f"child.stdout.readline(); print('child', child.pid); {SERVER}"
    )
    with service(tmp_path, code) as running:
        process = int(running.output.split("child ")[1].split()[0])
        assert alive(process)
    assert gone(process)


def test_an_error_inside_the_block_stops_the_service(tmp_path: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        service(tmp_path, f"import os; print('process', os.getpid()); {SERVER}") as running,
    ):
        raise KeyboardInterrupt
    assert gone(int(running.output.split("process ")[1].split()[0]))


def test_ending_the_tool_ends_the_service(tmp_path: Path) -> None:
    code = f"import os; print('process', os.getpid()); {SERVER}"
    tool = (
        "import os, sys, time; from pathlib import Path;"
        "from codemods.verification.service import Launch, Service, free_port;"
        f"port = free_port(); launch = Launch((sys.executable, '-u', '-c', {code!r}, str(port)), Path('.'))\n"
        "with Service(launch, dict(os.environ), port) as running:\n"
        "    print(running.output, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", tool], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        process = int(running.stdout.readline().split()[1])
        assert alive(process)
        running.terminate()
        assert running.wait(20) == 128 + signal.SIGTERM
    assert gone(process)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param("python serve.py", "python serve.py", id="no port is named"),
        pytest.param("serve {port}", "serve 7", id="a placeholder"),
        pytest.param("serve --port ${PORT}", "serve --port 7", id="an environment variable"),
        pytest.param("uvicorn a:app --port 8000", "uvicorn a:app --port 7", id="a value of its own"),
        pytest.param(
            "uvicorn a:app --port=8000", "uvicorn a:app --port=7", id="a value behind an equals sign"
        ),
        pytest.param("gunicorn a:app -b 0.0.0.0:80", "gunicorn a:app -b 127.0.0.1:7", id="an address"),
        pytest.param(
            "gunicorn a:app --bind=:80",
            "gunicorn a:app --bind=127.0.0.1:7",
            id="an address behind an equals sign",
        ),
    ],
)
def test_the_port_of_a_command_is_replaced_wherever_it_stands(command: str, expected: str) -> None:
    assert with_port(command.split(), 7) == expected.split()


def application(import_string: str, *, factory: bool = False) -> Application:
    return Application(
        "a.py", "a", "app", "", 1, "fastapi", "fastapi.FastAPI", import_string=import_string, factory=factory
    )


@pytest.mark.parametrize(
    ("import_root", "target", "expected"),
    [
        pytest.param(".", application("a:app"), "a:app --host 127.0.0.1 --port 7", id="at the root"),
        pytest.param(
            "src", application("a:app"), "a:app --host 127.0.0.1 --port 7 --app-dir src", id="below src"
        ),
        pytest.param(
            ".",
            application("a:make", factory=True),
            "a:make --host 127.0.0.1 --port 7 --factory",
            id="a factory",
        ),
    ],
)
def test_an_application_is_served_with_the_projects_own_python(
    tmp_path: Path, import_root: str, target: Application, expected: str
) -> None:
    analysis = Analysis(str(tmp_path), framework="fastapi", package=Package(import_root, "", import_root))
    launch = launch_for(analysis, target, PYTHON, 7)
    assert str(launch) == f"{PYTHON} -m uvicorn {expected}"
    assert launch.directory == tmp_path


def test_what_a_command_needs_around_it_stands_in_front_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flask = Application("a.py", "a", "app", "", 1, "flask", "flask.Flask", import_string="a:app")
    analysis = Analysis(str(tmp_path), framework="flask", package=Package("src", "", "src"))
    launch = launch_for(analysis, flask, PYTHON, 7)
    assert str(launch).startswith(f"FLASK_APP=a:app PYTHONPATH=src {PYTHON} -m flask run ")
    # The user's own FLASK_APP may name another application; his PYTHONPATH goes on to count.
    monkeypatch.setenv("FLASK_APP", "other")
    monkeypatch.setenv("PYTHONPATH", "/shared")
    environment = child_environment("http://localhost:1", PYTHON, 7, launch.environment)
    assert (environment["FLASK_APP"], environment["PYTHONPATH"]) == ("a:app", "src:/shared")


def test_an_application_without_a_name_is_started_as_the_project_starts_it(tmp_path: Path) -> None:
    command = LaunchCommand(
        "Procfile", "gunicorn shop:make()", "gunicorn", "shop:make()", directory="backend"
    )
    analysis = Analysis(str(tmp_path), framework="fastapi", launch_commands=[command])
    launch = launch_for(analysis, application(""), PYTHON, 7)
    assert launch.command == (str(PYTHON), "-m", "gunicorn", "shop:make()", "--bind", "127.0.0.1:7")
    assert launch.directory == tmp_path / "backend"


def test_a_command_of_the_users_finds_its_program_in_the_environment(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    (python.parent / "uvicorn").touch()
    launch = launch_for(Analysis(str(tmp_path)), None, python, 7, "uvicorn a:app --port {port}")
    assert launch.command == (str(python.parent / "uvicorn"), "a:app", "--port", "7")


@pytest.mark.parametrize("given", ["", "   "], ids=["nothing", "blanks"])
def test_nothing_to_start_is_an_error_that_shows_how_to_name_it(tmp_path: Path, given: str) -> None:
    with pytest.raises(UsageError, match="--launch"):
        launch_for(Analysis(str(tmp_path), framework="fastapi"), None, PYTHON, 7, given)
