"""Removal gives the user's bytes back: in parts, without the record, around edits; what a person wrote stays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.directories import read_tree

from codemods.operation import FEATURES, Options, Result, execute
from codemods.record import RECORD_FILE

EXAMPLES = Path(__file__).parent.parent / "frameworks" / "fastapi" / "examples"
pytestmark = pytest.mark.usefixtures("quick_rendering")
SHAPES = ["module-level-app", "returned-without-a-name", "no-final-newline", "conditional-returns"]
MANIFESTS = ["poetry-2", "celery-worker"]


@pytest.fixture
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    name = getattr(request, "param", "module-level-app")
    return Path(shutil.copytree(EXAMPLES / name / "before", tmp_path / "shop"))


def run(operation: str, root: Path, parameters: dict[str, Any] | None = None, **options: Any) -> Result:
    return execute(operation, str(root), parameters or {}, Options(**options))


def done(operation: str, root: Path, parameters: dict[str, Any] | None = None, **options: Any) -> Result:
    result = run(operation, root, parameters, **options)
    assert not result.errors
    return result


def sources(root: Path) -> dict[str, bytes]:
    """Return the user's own Python files."""
    tree = read_tree(root).items()
    return {name: data for name, data in tree if name.endswith(".py") and "instrumentation/" not in name}


def test_nothing_to_remove_is_said_and_changes_nothing(root: Path) -> None:
    before = read_tree(root)
    result = done("remove", root)
    assert result.warnings == ["nothing of release-quality is in this project"]
    assert read_tree(root) == before


@pytest.mark.parametrize("root", SHAPES + MANIFESTS, indirect=True)
def test_features_taken_out_one_by_one_leave_the_original(root: Path) -> None:
    before = read_tree(root)
    done("apply", root)
    for feature in FEATURES:
        done("remove", root, only=[feature])
    done("remove", root)
    assert read_tree(root) == before


@pytest.mark.parametrize("root", SHAPES, indirect=True)
@pytest.mark.parametrize("feature", ["logging", "tracing", "metrics", "health"])
def test_one_feature_less_reads_like_never_applied(root: Path, feature: str, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "without" / "shop"))
    done("apply", root)
    done("remove", root, only=[feature])
    done("apply", other, skip=[feature])
    assert sources(root) == sources(other)


def test_features_added_one_by_one_come_out_together(root: Path) -> None:
    before = read_tree(root)
    done("add_tracing", root, {"manual_spans": ["read_item"]})
    done("add_metrics", root)
    done("add_health_checks", root)
    done("add_profiling", root, {"target_functions": ["read_item"]})
    done("remove", root)
    assert read_tree(root) == before


def test_without_the_record_the_code_is_enough_and_the_packages_are_named(root: Path) -> None:
    before = read_tree(root)
    done("apply", root)
    (root / RECORD_FILE).unlink()
    left = (root / "requirements.txt").read_bytes()
    result = done("remove", root)
    assert read_tree(root) == {**before, "requirements.txt": left}
    assert "opentelemetry-sdk" in result.warnings[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "setup_tracing(app)", "setup_tracing(app)  # before the routers", id="comment behind it"
        ),
        pytest.param("setup_tracing(app)", "provider = setup_tracing(app)", id="its result is used"),
    ],
)
def test_a_call_edited_by_hand_is_kept_with_its_package_and_named(root: Path, old: str, new: str) -> None:
    done("apply", root)
    main = root / "app" / "main.py"
    main.write_text(main.read_text().replace(old, new))
    edited = read_tree(root)
    result = run("remove", root)
    assert result.exit_code == 1
    assert not result.success
    assert "app/main.py: kept, line" in result.errors[0]
    assert "setup_tracing(app)" in result.errors[0]
    assert {name: data for name, data in read_tree(root).items() if name != RECORD_FILE} == {
        name: data for name, data in edited.items() if name != RECORD_FILE
    }


def test_a_generated_file_edited_by_hand_is_kept_and_named(root: Path) -> None:
    done("apply", root)
    spans = root / "app" / "instrumentation" / "spans.py"
    spans.write_text(spans.read_text() + "# ours\n")
    result = run("remove", root)
    assert result.exit_code == 1
    assert "app/instrumentation/spans.py: kept" in result.errors[0]
    assert spans.read_text().endswith("# ours\n")
    assert not (root / "app" / "instrumentation" / "tracing.py").exists()


def test_a_generated_file_edited_by_hand_survives_the_removal_of_a_feature(root: Path) -> None:
    done("apply", root)
    tracing = root / "app" / "instrumentation" / "tracing.py"
    tracing.write_text(tracing.read_text() + "# ours\n")
    run("remove", root, only=["health"])
    run("remove", root)
    assert tracing.read_text().endswith("# ours\n")


def test_a_call_that_the_user_deleted_is_not_missed(root: Path) -> None:
    before = read_tree(root)
    done("apply", root)
    main = root / "app" / "main.py"
    main.write_text(main.read_text().replace("setup_metrics(app)\n", ""))
    done("remove", root)
    assert read_tree(root) == before


def test_lines_written_between_ours_stay(root: Path) -> None:
    done("apply", root)
    main = root / "app" / "main.py"
    before = (EXAMPLES / "module-level-app" / "before" / "app" / "main.py").read_text()
    main.write_text(
        main.read_text().replace("setup_metrics(app)\n", 'app.state.name = "shop"\nsetup_metrics(app)\n')
    )
    done("remove", root)
    made = 'app = FastAPI(title="Shop", version="1.4.0")\n'
    assert main.read_text() == before.replace(made, f'{made}app.state.name = "shop"\n')


def test_a_requirement_changed_by_the_user_stays_changed(root: Path) -> None:
    done("apply", root)
    file = root / "requirements.txt"
    file.write_text(file.read_text().replace("uvicorn==0.35.0", "uvicorn==0.36.0\nhttpx"))
    done("remove", root)
    assert file.read_text() == "fastapi==0.141.0\nuvicorn==0.36.0\nhttpx\n"


def test_check_says_whether_something_would_be_removed(root: Path) -> None:
    assert run("remove", root, check=True).exit_code == 0
    done("apply", root)
    applied = read_tree(root)
    assert run("remove", root, check=True).exit_code == 1
    assert run("remove", root, diff=True).exit_code == 0
    assert read_tree(root) == applied
