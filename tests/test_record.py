"""What was put into a user's file comes out again byte for byte, whatever the user did around it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.errors import UsageError
from codemods.plan import Change, split_lines
from codemods.record import RECORD_FILE, hunks_of, load_record, reverse

if TYPE_CHECKING:
    from pathlib import Path


def change(before: bytes, after: bytes) -> Change:
    return Change("app/main.py", before, after, "tracing", "injected")


BEFORE = b"import os\n\napp = FastAPI()\n\n@app.get('/')\ndef index(): ...\n"
AFTER = (
    b"import os\nfrom app.instrumentation.tracing import setup_tracing\n\napp = FastAPI()\nsetup_tracing(app)\n"
    b"\n@app.get('/')\ndef index(): ...\n"
)


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        pytest.param(AFTER, BEFORE, id="nothing else changed"),
        pytest.param(AFTER + b"x = 1\n", BEFORE + b"x = 1\n", id="a line added at the end"),
        pytest.param(b"# top\n" + AFTER, b"# top\n" + BEFORE, id="a line added at the top"),
        pytest.param(
            AFTER.replace(b"app = FastAPI()", b"app = FastAPI(title='x')"),
            BEFORE.replace(b"app = FastAPI()", b"app = FastAPI(title='x')"),
            id="the line next to ours edited",
        ),
        pytest.param(
            AFTER.replace(b"import os\n", b""),
            BEFORE.replace(b"import os\n", b""),
            id="the line above deleted",
        ),
    ],
)
def test_our_lines_come_out_and_the_users_stay(edited: bytes, expected: bytes) -> None:
    assert reverse(edited, hunks_of(change(BEFORE, AFTER))) == (expected, [])


def test_a_line_edited_by_hand_is_left_and_reported() -> None:
    edited = AFTER.replace(b"setup_tracing(app)", b"setup_tracing(app)  # keep")
    content, missing = reverse(edited, hunks_of(change(BEFORE, AFTER)))
    assert b"setup_tracing(app)  # keep" in content
    assert [hunk.after for hunk in missing] == [["setup_tracing(app)\n"]]


def test_of_two_equal_places_the_one_with_our_surroundings_is_chosen() -> None:
    before = b"a\nb\nc\nd\ne\nf\ng\n"
    after = b"a\nb\nc\nd\nsame\ne\nf\ng\n"
    edited = b"same\nx\n" + after
    assert reverse(edited, hunks_of(change(before, after))) == (b"same\nx\n" + before, [])


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_a_file_without_a_final_newline_gets_its_old_end_back(end: bytes) -> None:
    before, after = b"fastapi", b"fastapi" + end + b"httpx"
    hunks = hunks_of(change(before, after))
    assert reverse(after, hunks) == (before, [])
    assert reverse(after + end + b"uvicorn", hunks)[0].split() == [b"fastapi", b"uvicorn"]


@given(
    lines=st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"c\r\n", b"\xff\n"]), max_size=12),
    inserted=st.lists(st.tuples(st.integers(0, 12), st.sampled_from([b"ours 1\n", b"ours 2\n"])), max_size=3),
)
def test_reversing_any_insertions_gives_the_original_back(
    lines: list[bytes], inserted: list[tuple[int, bytes]]
) -> None:
    after = list(lines)
    for at, line in inserted:
        after.insert(min(at, len(after)), line)
    before_text, after_text = b"".join(lines), b"".join(after)
    assert reverse(after_text, hunks_of(change(before_text, after_text))) == (before_text, [])


@given(st.binary(max_size=60))
def test_splitting_into_lines_loses_nothing(content: bytes) -> None:
    assert b"".join(split_lines(content)) == content


@pytest.mark.parametrize(
    "text", ["", "[]", '{"steps": 1}', "not json"], ids=["empty", "list", "wrong type", "no JSON"]
)
def test_a_damaged_record_is_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD_FILE).write_text(text)
    with pytest.raises(UsageError, match="cannot be read as a record"):
        load_record(tmp_path)


def test_a_record_survives_its_file(tmp_path: Path) -> None:
    from codemods.plan import Plan
    from codemods.record import Record

    (tmp_path / "main.py").write_bytes(BEFORE)
    plan = Plan(tmp_path)
    plan.write("main.py", AFTER, feature="tracing", kind="injected", module="app.instrumentation.tracing")
    plan.write("new.py", b"x = '\xc3\xa9'\n", feature="tracing", kind="generated")
    record = Record()
    record.add(plan)
    (tmp_path / RECORD_FILE).write_bytes(record.to_bytes())
    assert load_record(tmp_path) == record
    assert json.loads(record.to_bytes())["version"] == 1
