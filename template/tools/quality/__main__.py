"""Entry point of ``python tools/quality COMMAND``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # A folder that is run puts itself on the path, and its modules would hide others of the same names.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from quality.cli import main

    sys.exit(main())
