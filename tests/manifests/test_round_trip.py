"""Whatever the layout of a file: adding keeps all that was there, and removing gives the old bytes back."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st
from support.manifest_run import BOTH

from codemods.manifests.formats import format_of
from codemods.manifests.model import parse_requested

NAMES = ["opentelemetry-api", "prometheus-client"]
REQUESTED = parse_requested(BOTH)

newlines = st.sampled_from(["\n", "\r\n"])
names = st.lists(
    st.sampled_from(["a", "fastapi", "Uvicorn", "zope", "httpx[http2]>=0.2"]), unique=True, max_size=4
)
comments = st.sampled_from(["", "", "  # why", " #, ] 'x"])
gaps = st.sampled_from(["", "\n", "\n    ", "\n\t# note\n\t", " "])


@st.composite
def arrays(draw: st.DrawFn) -> str:
    """Return a list of strings that TOML and Python both read, laid out in any way."""
    quote = draw(st.sampled_from("'\""))
    parts = [draw(gaps)]
    entries = draw(names)
    for index, name in enumerate(entries):
        comma = "," if index < len(entries) - 1 or draw(st.booleans()) else ""
        comment = draw(comments)
        parts += [f"{quote}{name}{quote}{comma}{comment}", "\n  " if comment else draw(gaps)]
    return "[" + "".join(parts) + draw(st.sampled_from(["", "\n"])) + "]"


def check(kind: str, source: bytes) -> bytes:
    form = format_of(kind)
    after = form.insert(source, REQUESTED)
    assert form.remove(after, NAMES) == source
    before = iter(after)
    assert all(byte in before for byte in source), "nothing is taken away or moved"
    return after


def emptied(array: str) -> bool:
    """Tell lists that are written anew: empty ones, which come back as ``[]``."""
    return not array.strip("[] \t\r\n")


@given(arrays(), newlines, st.sampled_from(["", "\n", "\n\n[tool.x]\ny = 1\n"]))
def test_arrays_in_toml(array: str, newline: str, end: str) -> None:
    text = f"[project]\nname = 'x'\ndependencies = {'[]' if emptied(array) else array}{end}".replace(
        "\n", newline
    )
    after = check("pep621", text.encode())
    kept = tomllib.loads(text)["project"]["dependencies"]
    found = tomllib.loads(after.decode())["project"]["dependencies"]
    assert sorted(found) == sorted([*kept, *BOTH])
    assert [one for one in found if one not in BOTH] == kept


@given(arrays(), newlines, st.sampled_from(["", "\n"]))
def test_lists_in_python(array: str, newline: str, end: str) -> None:
    text = f"setup(\n    install_requires={'[]' if emptied(array) else array},\n){end}".replace("\n", newline)
    check("setup.py", text.encode("latin-1"))


lines = st.lists(
    st.sampled_from(
        ["", "# note", "a", "b==1  # why", "Zope", "-r base.txt", "c>=1 \\\n  ,<2", "-e .", "\tm"]
    ),
    max_size=6,
)


@given(lines, newlines, st.booleans(), st.booleans())
def test_requirement_files(content: list[str], newline: str, final: bool, mark: bool) -> None:  # noqa: FBT001
    text = "\n".join(content) + ("\n" if final and content else "")
    check("requirements", (("\ufeff" if mark else "") + text.replace("\n", newline)).encode())


entries = st.lists(
    st.sampled_from(
        ["", "# note", "a = '*'", "Zope = {version = '1'}", "m = [\n  {version = '1'},\n]", 'python = "3"']
    ),
    unique=True,
    max_size=5,
)


@given(entries, newlines, st.booleans(), st.sampled_from(["", "\n[other]\nx = 1\n"]))
def test_tables(content: list[str], newline: str, final: bool, end: str) -> None:  # noqa: FBT001
    for kind, header in (("pipfile", "[packages]"), ("poetry", "[tool.poetry.dependencies]")):
        text = "\n".join([header, *content]) + ("\n" if final or end else "") + end
        check(kind, text.replace("\n", newline).encode())


values = st.lists(
    st.sampled_from(["", "# note", "    a", "\tZope ; python_version > '3'", "    m>=1"]), max_size=5
)


@given(values, newlines, st.booleans(), st.sampled_from(["", "zip_safe = no\n", "\n[other]\nx = 1\n"]))
def test_setup_cfg(content: list[str], newline: str, final: bool, end: str) -> None:  # noqa: FBT001
    text = "\n".join(["[options]", "install_requires =", *content]) + ("\n" if final or end else "") + end
    check("setup.cfg", text.replace("\n", newline).encode())
