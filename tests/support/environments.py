"""Virtual environments for services under test, made once and kept.

They stand under ``$RELEASE_QUALITY_TEST_CACHE``, or under the user's cache directory, one for each Python and set of
requirements. Nobody may install into one later: a test that needs more asks for more.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path


def environment(requirements: list[str], python: str = sys.executable) -> Path:
    """Return the interpreter of an environment that holds some requirements.

    Args:
        requirements: Requirements as pip takes them, or ``-r`` lines; a file they name counts with its content.
        python: The interpreter to base it on.

    Returns:
        The path of its Python. The same arguments give the same environment, also from several processes at once.

    Raises:
        RuntimeError: It cannot be made; with the installer's last lines.
    """
    home = cache_directory() / _key(requirements, python)
    interpreter, ready = home / "bin" / "python", home / "ready"
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(home, ignore_errors=True)
            _make(home, requirements, python)
            ready.touch()
    return interpreter


def _make(directory: Path, requirements: list[str], python: str) -> None:
    if uv := shutil.which("uv"):
        _run([uv, "venv", "--quiet", "--python", python, str(directory)])
        install = [uv, "pip", "install", "--quiet", "--python", str(directory / "bin" / "python")]
    else:
        _run([python, "-m", "venv", str(directory)])
        install = [
            str(directory / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
    if requirements:
        _run(install + [word for line in requirements for word in _words(line)])


def _words(line: str) -> list[str]:
    return line.split(maxsplit=1) if line.startswith("-") else [line]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise RuntimeError(f"{' '.join(command)} failed:\n{tail}")


def cache_directory() -> Path:
    """Return where environments and downloads are kept between runs."""
    if named := os.environ.get("RELEASE_QUALITY_TEST_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "release-quality-tests"


def _key(requirements: list[str], python: str) -> str:
    digest = hashlib.sha256(os.path.realpath(python).encode())
    for line in sorted(requirements):
        digest.update(b"\0" + line.encode())
        if line.startswith("-r"):
            digest.update(Path(line[2:].strip()).read_bytes())
    return digest.hexdigest()[:16]
