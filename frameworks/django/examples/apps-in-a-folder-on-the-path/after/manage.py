#!/usr/bin/env python
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        # The above import may fail for some other reason. Ensure that the
        # issue is really that Django is missing.
        try:
            import django  # noqa: F401
        except ImportError:
            raise ImportError("Couldn't import Django.")  # noqa: B904
        raise

    # This allows easy placement of apps within the interior
    # storefront directory.
    current_path = Path(__file__).parent.resolve()
    sys.path.append(str(current_path / "storefront"))

    from config.instrumentation.logs import setup_logging
    from config.instrumentation.tracing import setup_tracing

    setup_logging()
    setup_tracing()
    execute_from_command_line(sys.argv)
