"""What the whole of ``apply`` costs on a service of 200 files, without the installation of packages."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from measure import measure
from trees import build


def main() -> None:
    """Print wall and CPU seconds of start-up, analysis, first and second application, and removal."""
    with tempfile.TemporaryDirectory() as folder:
        bare, service, done = Path(folder, "bare"), Path(folder, "service"), Path(folder, "done")
        build(bare, 200, 0.1)

        def before(name: str) -> None:
            shutil.rmtree(service, ignore_errors=True)
            shutil.copytree(done if name in {"apply again", "remove"} else bare, service)

        shutil.copytree(bare, service)
        measure({"apply": ["-m", "codemods", "apply", str(service), "--defaults"]}, runs=1)
        shutil.copytree(service, done)
        figures = measure(
            {
                "start-up (--help)": ["-m", "codemods", "--help"],
                "analyze-codebase": ["-m", "codemods", "analyze-codebase", str(service), "--json"],
                "apply": ["-m", "codemods", "apply", str(service), "--defaults"],
                "apply again": ["-m", "codemods", "apply", str(service), "--defaults"],
                "remove": ["-m", "codemods", "remove", str(service)],
            },
            runs=7,
            before=before,
        )
    print(f"{'200 files':22}{'wall s':>8}{'CPU s':>8}{'MB RSS':>8}")
    for name, figure in figures.items():
        print(f"{name:22}{figure.wall:8.2f}{figure.cpu:8.2f}{figure.memory:8.0f}")


if __name__ == "__main__":
    main()
