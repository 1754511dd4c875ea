import pathlib

pathlib.Path("LICENSE").unlink(missing_ok=True)
