"""The commit to compare with, in real repositories."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from quality.base_tree import checked_out, find_base, open_repository, share_node_modules
from quality.errors import QualityError
from support.quality_project import QualityProject

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CHANGE_TARGET"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> QualityProject:
    """A repository with one commit on main."""
    made = QualityProject(tmp_path / "project")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write({"a.txt": "1\n"})
    made.commit("First")
    return made


def base_of(project: QualityProject, given: str = "") -> tuple[str, str] | None:
    base = find_base(open_repository(project.root), given)
    return (base.commit, base.meaning) if base else None


def test_a_branch_is_compared_with_where_it_left_main(project: QualityProject) -> None:
    fork = project.git("rev-parse", "HEAD").strip()
    project.git("checkout", "-qb", "feature")
    project.write({"a.txt": "2\n"})
    project.commit()
    project.git("checkout", "-q", "main")
    project.write({"b.txt": "later\n"})
    project.commit()
    project.git("checkout", "-q", "feature")
    assert base_of(project) == (fork, "merge base with main")


def test_main_is_compared_with_the_commit_before(project: QualityProject) -> None:
    first = project.git("rev-parse", "HEAD").strip()
    project.write({"a.txt": "2\n"})
    project.commit()
    assert base_of(project) == (first, "the commit before head")


def test_uncommitted_changes_are_compared_with_head(project: QualityProject) -> None:
    project.write({"a.txt": "2\n"})
    head = project.git("rev-parse", "HEAD").strip()
    assert base_of(project) == (head, "the commit under the uncommitted changes")


@pytest.mark.parametrize("given", ["", "HEAD^"])
def test_the_first_commit_has_no_base(project: QualityProject, given: str) -> None:
    """Pipelines name the commit before, where no pull request says better."""
    assert base_of(project, given) is None


def test_a_branch_that_only_the_remote_has_is_found(project: QualityProject) -> None:
    target = project.git("rev-parse", "HEAD").strip()
    project.git("update-ref", "refs/remotes/origin/release-1", target)
    project.write({"a.txt": "2\n"})
    project.commit()
    assert base_of(project, "release-1") == (target, "merge base with release-1")


@pytest.mark.parametrize(
    "variable", ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CHANGE_TARGET"]
)
def test_the_target_of_a_pull_request_goes_before_the_default_branch(
    project: QualityProject, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = project.git("rev-parse", "HEAD").strip()
    project.git("update-ref", "refs/remotes/origin/release-1", target)
    project.write({"a.txt": "2\n"})
    project.commit()
    project.git("update-ref", "refs/remotes/origin/main", "HEAD")
    monkeypatch.setenv(variable, "release-1")
    assert base_of(project) == (target, "merge base with origin/release-1")


@pytest.mark.parametrize("name", ["nosuch", "--upload-pack=touch x", "$(touch x)", "a b'\""])
def test_an_unknown_name_is_an_error_and_never_an_option(project: QualityProject, name: str) -> None:
    project.write({"a.txt": "2\n"})
    project.commit()
    with pytest.raises(QualityError, match="is no commit that this clone knows"):
        base_of(project, name)
    assert not (project.root / "x").exists()


def test_a_shallow_clone_says_what_to_fetch(project: QualityProject, tmp_path: Path) -> None:
    project.write({"a.txt": "2\n"})
    project.commit()
    source, target = f"file://{project.root}", str(tmp_path / "clone")
    subprocess.run(["git", "clone", "-q", "--depth=1", source, target], check=True)
    with pytest.raises(QualityError, match=r"too shallow[^\n]*\n[^\n]*fetch-depth: 0"):
        find_base(open_repository(tmp_path / "clone"), "")


def test_outside_of_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="is no checkout of git"):
        open_repository(tmp_path)


def test_the_users_repository_is_left_as_it_was(project: QualityProject, tmp_path: Path) -> None:
    """Not even a hook runs, and an exception in between changes nothing about the removal."""
    hook = project.root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    first = project.git("rev-parse", "HEAD").strip()
    project.write({"a.txt": "2\n"})
    project.commit()
    project.write({"a.txt": "3\n", "new.txt": "mine\n"})
    before = [
        project.git("status", "--porcelain"),
        project.git("worktree", "list"),
        project.git("branch", "-a"),
    ]
    repository = open_repository(project.root)
    base = find_base(repository, first)
    assert base is not None
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def use_and_fail() -> None:
        with checked_out(repository, base, scratch) as tree:
            assert (tree / "a.txt").read_text() == "1\n"
            assert not (tree / "ran").exists()
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        use_and_fail()
    after = [
        project.git("status", "--porcelain"),
        project.git("worktree", "list"),
        project.git("branch", "-a"),
    ]
    assert after == before
    assert list(scratch.iterdir()) == []


def test_base_sees_heads_packages_but_its_own_workspaces(project: QualityProject, tmp_path: Path) -> None:
    project.write({".gitignore": "node_modules\n", "packages/shop/index.js": "exports.n = 1\n"})
    project.commit()
    project.write(
        {"packages/shop/index.js": "exports.n = 2\n", "node_modules/left-pad/index.js": "exports.n = 3\n"}
    )
    (project.root / "node_modules/@acme").mkdir()
    (project.root / "node_modules/@acme/shop").symlink_to("../../packages/shop")
    repository = open_repository(project.root)
    base = find_base(repository, "")
    assert base is not None
    with checked_out(repository, base, tmp_path / "scratch") as tree:
        share_node_modules(repository, tree)
        script = "console.log(require('@acme/shop').n, require('left-pad').n)"
        done = subprocess.run(["node", "-e", script], cwd=tree, check=True, capture_output=True, text=True)
    assert done.stdout == "1 3\n"
