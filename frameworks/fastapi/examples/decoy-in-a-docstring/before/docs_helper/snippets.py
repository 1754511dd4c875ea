"""Snippets for our documentation.

Begin like this::

    from fastapi import FastAPI

    app = FastAPI()
"""

FIRST = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def first() -> str:
    # app = FastAPI() is what people copy.
    return FIRST
