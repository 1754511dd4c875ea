"""Run a session of the noxfile on a machine that has only Python with venv, and git.

python3 run.py demo              the main job on a sample service, from bare to observed and back
python3 run.py demo -- django    the same on another sample: fastapi, flask or django
python3 run.py tests             lint, types and tests
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
SESSIONS = {"demo": ["demo"], "tests": ["lint", "types", "tests"]}


def main(arguments: list[str]) -> int:
    """Create ``.venv`` with nox in it when it is missing, then run the sessions.

    Args:
        arguments: A key of ``SESSIONS`` or the names of nox sessions; everything after ``--`` goes to the session.

    Returns:
        The exit code of nox.
    """
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that older versions are asked to run
        print("run.py: Python 3.11 or newer is needed; this is " + sys.version.split()[0], file=sys.stderr)
        return 2
    binary = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (ENVIRONMENT / "nox-installed").exists():
        print("run.py: setting up .venv with nox", file=sys.stderr)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([binary, "-m", "pip", "install", "--quiet", "nox"], check=True)
        (ENVIRONMENT / "nox-installed").touch()
    names, rest = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        names, rest = arguments[:at], arguments[at:]
    sessions = [session for name in names for session in SESSIONS.get(name, [name])]
    return subprocess.run(
        [binary, "-m", "nox", "--session", *sessions, *rest], cwd=HERE, check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
