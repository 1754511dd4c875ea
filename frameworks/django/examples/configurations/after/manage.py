#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    os.environ.setdefault("DJANGO_CONFIGURATION", "Dev")

    from configurations.management import execute_from_command_line

    from shop.instrumentation.logs import setup_logging
    from shop.instrumentation.tracing import setup_tracing

    setup_logging()
    setup_tracing()
    execute_from_command_line(sys.argv)
