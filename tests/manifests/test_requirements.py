"""``requirements.txt``: what is added, byte for byte, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifest_run import BOTH, run

from codemods.analysis.model import Analysis
from codemods.manifests import add_dependencies, remove_dependencies

if TYPE_CHECKING:
    from pathlib import Path

ADDED = b"prometheus-client>=0.22,<1\nopentelemetry-api==1.45.1\n"
SORTED = b"opentelemetry-api==1.45.1\nprometheus-client>=0.22,<1\n"
CRLF = ADDED.replace(b"\n", b"\r\n")


UNTOUCHED = [
    pytest.param(
        {"requirements.txt": b"opentelemetry-api==1.45.1\nprometheus-client>=0.22\n"}, id="both declared"
    ),
    pytest.param(
        {"requirements.txt": b"OpenTelemetry_API==1.45.1\nPrometheus.Client\n"}, id="spelled differently"
    ),
    pytest.param(
        {"requirements.txt": b"opentelemetry-api\nprometheus-client[twisted]~=0.23  # pinned\n"},
        id="with extras",
    ),
    pytest.param(
        {
            "requirements.txt": b"-r base.txt\n",
            "base.txt": b"opentelemetry-api\n-r more.txt\n",
            "more.txt": b"prometheus_client\n",
        },
        id="in an included file",
    ),
    pytest.param(
        {
            "requirements.txt": b"-r base.txt\nopentelemetry-api\nprometheus-client\n",
            "base.txt": b"-r requirements.txt\n",
        },
        id="in files that include one another",
    ),
    pytest.param(
        {
            "requirements.txt": b"git+https://example.org/api.git@main#egg=opentelemetry-api\n"
            b"prometheus-client @ https://example.org/prometheus_client-0.25.0.tar.gz\n"
        },
        id="by address",
    ),
    pytest.param(
        {
            "requirements.txt": b"opentelemetry-api; python_version >= '3.8'\nprometheus-client>=0.22 \\\n  ,<1\n"
        },
        id="with a marker that always holds, and over two lines",
    ),
]


@pytest.mark.parametrize("files", UNTOUCHED)
def test_leaves_what_is_declared(tmp_path: Path, files: dict[str, bytes]) -> None:
    result, plan = run(tmp_path, files, BOTH)
    assert (plan.changes, result.added, result.conflicts, len(result.present)) == ([], [], [], 2)
    assert result.stale_locks == []


EDITED = [
    pytest.param(b"", ADDED, id="empty file"),
    pytest.param(b"# nothing yet\n", b"# nothing yet\n" + ADDED, id="only a comment"),
    pytest.param(b"# nothing yet", b"# nothing yet\n" + ADDED[:-1], id="only a comment, no final newline"),
    pytest.param(b"fastapi\n", b"fastapi\n" + ADDED, id="one line says nothing about an order"),
    pytest.param(b"uvicorn\nfastapi\n", b"uvicorn\nfastapi\n" + ADDED, id="unsorted"),
    pytest.param(b"uvicorn\nfastapi", b"uvicorn\nfastapi\n" + ADDED[:-1], id="no final newline"),
    pytest.param(b"uvicorn\r\nfastapi\r\n", b"uvicorn\r\nfastapi\r\n" + CRLF, id="CRLF"),
    pytest.param(b"uvicorn\r\nfastapi", b"uvicorn\r\nfastapi\r\n" + CRLF[:-2], id="CRLF, no final newline"),
    pytest.param(
        b"\xef\xbb\xbfuvicorn\nfastapi\n", b"\xef\xbb\xbfuvicorn\nfastapi\n" + ADDED, id="byte order mark"
    ),
    pytest.param(b"\xef\xbb\xbf", b"\xef\xbb\xbf" + ADDED, id="nothing but a byte order mark"),
    pytest.param(
        "\ufeffuvicorn\r\nfastapi\r\n".encode("utf-16-le"),
        "\ufeffuvicorn\r\nfastapi\r\n".encode("utf-16-le") + CRLF.decode().encode("utf-16-le"),
        id="UTF-16 as PowerShell writes it",
    ),
    pytest.param(b"Django\nuvicorn\n", b"Django\n" + SORTED + b"uvicorn\n", id="sorted"),
    pytest.param(b"a\nb", b"a\nb\n" + SORTED[:-1], id="sorted, at the end, no final newline"),
    pytest.param(b"# web\nx\ny\n", b"# web\n" + SORTED + b"x\ny\n", id="sorted, below the header"),
    pytest.param(
        b"-i https://example.org/simple\n\n# web\nx\ny\n",
        b"-i https://example.org/simple\n\n" + SORTED + b"# web\nx\ny\n",
        id="sorted, a comment stays with its line",
    ),
    pytest.param(b"-r base.txt\n", b"-r base.txt\n" + ADDED, id="only an include"),
    pytest.param(
        b"--index-url https://example.org/simple\nuvicorn==0.3 # why\nfastapi==0.1 \\\n    ; python_version > '3'\n\n# end\n",
        b"--index-url https://example.org/simple\nuvicorn==0.3 # why\nfastapi==0.1 \\\n    ; python_version > '3'\n"
        + ADDED
        + b"\n# end\n",
        id="options, comments, a continued line",
    ),
    pytest.param(
        b"\tuvicorn\nfastapi[all]>=0.1 ; sys_platform == 'linux'\n-e .\n",
        b"\tuvicorn\nfastapi[all]>=0.1 ; sys_platform == 'linux'\n" + ADDED + b"-e .\n",
        id="tabs, markers, editable",
    ),
    pytest.param(
        b"# caf\xe9\nuvicorn\nfastapi\n", b"# caf\xe9\nuvicorn\nfastapi\n" + ADDED, id="Latin-1 comment"
    ),
    pytest.param(
        b"# prometheus-client\nuvicorn\nb\n", b"# prometheus-client\nuvicorn\nb\n" + ADDED, id="commented out"
    ),
    pytest.param(b"uvicorn\nb\rc\n", b"uvicorn\nb\rc\n" + ADDED, id="lone carriage return"),
]


@pytest.mark.parametrize(("before", "after"), EDITED)
def test_adds_whole_lines_and_gives_the_bytes_back(tmp_path: Path, before: bytes, after: bytes) -> None:
    result, plan = run(tmp_path, {"requirements.txt": before}, BOTH)
    assert plan.read("requirements.txt") == after
    assert (result.added, result.manifest) == (BOTH, "requirements.txt")
    assert (tmp_path / "requirements.txt").read_bytes() == before, "a plan writes nothing"
    again = add_dependencies(plan, Analysis(str(tmp_path)), BOTH, feature="metrics")
    assert (len(plan.changes), again.added, len(again.present)) == (1, [], 2)
    assert remove_dependencies(after, "requirements", ["Prometheus_Client", "opentelemetry.api"]) == before
