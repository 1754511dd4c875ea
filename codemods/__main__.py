"""``python -m codemods`` is ``release-quality``."""

from codemods.cli import main

raise SystemExit(main())
