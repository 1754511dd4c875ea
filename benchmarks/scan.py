"""What reading a tree costs, against reading its bytes: three sizes, and few or all files that matter."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from measure import measure
from trees import build

SIZES = (2_500, 5_000, 10_000)
READ = "import sys,pathlib\nfor f in pathlib.Path(sys.argv[1]).rglob('*.py'): f.read_bytes()"


def main() -> None:
    """Print one row for each tree, and the exponent that cost grows with."""
    print(
        f"{'tree':28}{'MB':>7}{'read CPU s':>12}{'analyze CPU s':>15}{'ratio':>8}{'wall s':>8}{'MB RSS':>8}"
    )
    for share, title in ((0.01, "1 % of the files matter"), (0.5, "half of the files matter")):
        points = []
        for size in SIZES if share < 0.5 else SIZES[:2]:  # noqa: PLR2004
            with tempfile.TemporaryDirectory() as folder:
                volume = build(Path(folder), size, share)
                figures = measure(
                    {
                        "start": ["-m", "codemods", "--help"],
                        "read": ["-c", READ, folder],
                        "analyze": ["-m", "codemods", "analyze-codebase", folder, "--json"],
                    },
                    runs=5,
                )
            points.append((volume, figures["analyze"].cpu - figures["start"].cpu))
            read, analyze = figures["read"], figures["analyze"]
            print(
                f"{f'{size} files, {title}':40}{volume / 1e6:7.1f}{read.cpu:10.2f}{analyze.cpu:12.2f}"
                f"{analyze.cpu / read.cpu:8.1f}{analyze.wall:8.2f}{analyze.memory:8.0f}"
            )
        (x1, y1), (x2, y2) = points[0], points[-1]
        print(f"cost grows with bytes to the power of {math.log(y2 / y1) / math.log(x2 / x1):.2f}\n")


if __name__ == "__main__":
    main()
