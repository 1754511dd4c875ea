"""Tools of the npm registry that check what the product writes: installed once, outside of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from support.processes import ServerMissingError

# Exact: a newer checker may find something new, on a day when nothing of ours has changed.
PACKAGES = (
    "axe-core@4.14.1",
    "puppeteer-core@25.16.0",
    "vnu-jar@26.9.27",
    "@microsoft/sarif-multitool-linux@5.7.0",
)

SARIF = "node_modules/@microsoft/sarif-multitool-linux"


def program(name: str, hint: str) -> str:
    """Return the path of a program.

    Args:
        name: The program.
        hint: What brings it.

    Raises:
        ServerMissingError: It is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise ServerMissingError(f"{name} is not installed: {hint}")
    return found


def node_tools() -> Path:
    """Return a directory with the packages in its `node_modules`.

    Raises:
        ServerMissingError: There is no Node.js, or the registry cannot be reached.
    """
    program("node", "Node.js 20 or newer")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "release-quality" / "node"
    stamp = cache / "installed"
    wanted = "\n".join(PACKAGES)
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "package.json").write_text("{}", encoding="utf-8")
        # No scripts: that of one package would download a Java of its own.
        command = [
            program("npm", "Node.js 20 or newer"),
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]
        done = subprocess.run([*command, *PACKAGES], cwd=cache, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerMissingError(
                f"npm cannot install the checkers of pages: {done.stderr.strip()[-300:]}"
            )
        # A script that did not run would have done this.
        (cache / SARIF / "Sarif.Multitool").chmod(0o755)
        stamp.write_text(wanted, encoding="utf-8")
    return cache
