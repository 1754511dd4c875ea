"""Runs a rendered workflow: jobs in the order of their needs, each ``run`` by the shell that GitHub starts, actions by stand-ins.

Scripts, their environment, ``GITHUB_ENV``, ``GITHUB_OUTPUT``, ``GITHUB_STEP_SUMMARY``, conditions, evidence and its way from
job to job are real; a runner's virtual machine, service containers and the actions themselves are not.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from support.expressions import Evaluator
from support.processes import machine_environment

if TYPE_CHECKING:
    from collections.abc import Callable

_SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
_GH = Path(__file__).with_name("gh")


@dataclass
class Event:
    """What started the workflow: GitHub's name of it, the branch or tag, and what else is in the ``github`` context."""

    name: str
    ref: str = "main"
    context: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """How a run ended.

    Attributes:
        jobs: success, failure or skipped, by job.
        logs: What the jobs said, by job.
        summaries: What they showed in the run's summary, by job.
        artifacts: The folder with one folder for each artifact.
        comments: The folder with one file for each comment on the pull request.
    """

    jobs: dict[str, str]
    logs: dict[str, str]
    summaries: dict[str, str]
    artifacts: Path
    comments: Path

    @property
    def green(self) -> bool:
        """Whether no job has failed."""
        return "failure" not in self.jobs.values()


class Runner:
    """Runs one workflow of a git repository; its history, its comments and its cache live as long as it does.

    Args:
        repository: What is checked out.
        workflow: Its workflow.
        work: A folder for everything else.
        environment: Variables beside those of this process, such as where a stand-in for an audit service is.
    """

    def __init__(self, repository: Path, workflow: str, work: Path, environment: dict[str, str]) -> None:
        self._repository, self._workflow, self._work = repository, workflow, work
        self._environment = environment
        self._runs = 0
        self._cache, self._comments, self._history = work / "cache", work / "comments", work / "history"
        self._comments.mkdir(parents=True)

    def run(self, event: Event) -> Outcome:
        """Run every job of the workflow."""
        text = self._git("show", f"{event.ref}:{self._workflow}")
        jobs = yaml.safe_load(text)["jobs"]
        self._runs += 1
        outcome = Outcome({}, {}, {}, self._work / f"artifacts-{self._runs}", self._comments)
        outcome.artifacts.mkdir()
        waiting = dict(jobs)
        while waiting:
            name = next(name for name in waiting if not set(_list(jobs[name].get("needs"))) & set(waiting))
            job = waiting.pop(name)
            _Job(self, name, job, event, outcome).run()
        kept = outcome.artifacts / "quality-history"
        if kept.is_dir():
            shutil.rmtree(self._history, ignore_errors=True)
            shutil.copytree(kept, self._history)
        return outcome

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self._repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class _Job:
    def __init__(
        self, runner: Runner, name: str, job: dict[str, Any], event: Event, outcome: Outcome
    ) -> None:
        self.runner, self.name, self.job, self.event, self.outcome = runner, name, job, event, outcome
        self.place = runner._work / f"run-{runner._runs}" / name
        self.workspace = self.place / "workspace"
        self.workspace.mkdir(parents=True)
        self.status, self.log = "success", ""
        self.steps: dict[str, Any] = {}
        commit = runner._git("rev-parse", f"{event.ref}^{{commit}}").strip()
        self.github = {
            "event_name": event.name,
            "ref": f"refs/heads/{event.ref}",
            "ref_name": event.ref,
            "head_ref": "",
            "sha": commit,
            "repository": "example/service",
            "token": "a-token",
            "workflow": "Release quality",
            "event": {},
            **event.context,
        }
        self.env: dict[str, str] = {}
        self.evaluator = self._evaluator()
        self.env = {key: self.evaluator.text(value) for key, value in (job.get("env") or {}).items()}
        self.evaluator = self._evaluator()

    def _evaluator(self) -> Evaluator:
        contexts = {
            "github": self.github,
            "env": self.env,
            "steps": self.steps,
            "runner": {"os": "Linux"},
            "secrets": {},
        }
        functions: dict[str, Callable[..., Any]] = {
            "cancelled": lambda: False,
            "always": lambda: True,
            "success": lambda: self.status == "success",
            "failure": lambda: self.status == "failure",
            "hashFiles": self._hash_files,
        }
        return Evaluator(contexts, functions)

    def _hash_files(self, *patterns: str) -> str:
        files = [path for pattern in patterns for path in sorted(self.workspace.glob(pattern))]
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest() if files else ""

    def _wanted(self, condition: str | None, *, so_far: bool) -> bool:
        # Without a function that asks for the status, success is part of every condition.
        asks = condition and any(f"{name}(" in condition for name in ("cancelled", "always", "failure"))
        return (bool(asks) or so_far) and (condition is None or bool(self.evaluator.value(condition)))

    def run(self) -> None:
        """Run the job's steps, if its condition holds, and write down how it ended."""
        needed = [self.outcome.jobs[name] for name in _list(self.job.get("needs"))]
        if not self._wanted(self.job.get("if"), so_far=all(result == "success" for result in needed)):
            self.outcome.jobs[self.name] = "skipped"
            return
        for step in self.job["steps"]:
            if not self._wanted(step.get("if"), so_far=self.status == "success"):
                continue
            passed = self._script(step) if "run" in step else self._action(step)
            if not passed and not step.get("continue-on-error"):
                self.status = "failure"
        self.outcome.jobs[self.name], self.outcome.logs[self.name] = self.status, self.log

    def _script(self, step: dict[str, Any]) -> bool:
        files = {name: self.place / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        programs = self.place / "bin"
        programs.mkdir(exist_ok=True)
        shutil.copy2(_GH, programs / "gh")
        own = {key: self.evaluator.text(value) for key, value in (step.get("env") or {}).items()}
        environment = {
            **machine_environment(),
            **self.runner._environment,
            **self.env,
            **own,
            **{name: str(file) for name, file in files.items()},
            "GITHUB_REPOSITORY": str(self.github["repository"]),
            "STAND_IN_HISTORY": str(self.runner._history),
            "STAND_IN_COMMENTS": str(self.runner._comments),
        }
        environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
        script = self.place / "script.sh"
        script.write_text(self.evaluator.text(step["run"]))
        folder = self.workspace / step.get("working-directory", ".")
        result = subprocess.run(
            [*_SHELL, str(script)],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=900,
        )  # fmt: skip
        self.log += f"## {step.get('name', '')}\n{result.stdout}"
        self.outcome.summaries[self.name] = files["GITHUB_STEP_SUMMARY"].read_text()
        for line in files["GITHUB_ENV"].read_text().splitlines():
            key, _, value = line.partition("=")
            self.env[key] = value
        return result.returncode == 0

    def _action(self, step: dict[str, Any]) -> bool:
        name = step["uses"].partition("@")[0]
        given = {key: self.evaluator.text(value) for key, value in (step.get("with") or {}).items()}
        actions: dict[str, Callable[[dict[str, str]], bool]] = {
            "actions/checkout": self._check_out,
            "actions/upload-artifact": self._upload,
            "actions/download-artifact": self._download,
            "actions/cache/restore": self._restore,
            "actions/cache/save": self._save,
            "github/codeql-action/upload-sarif": lambda given: (
                self.workspace / given["sarif_file"]
            ).is_file(),
        }
        if name.startswith("actions/setup-"):
            # The runtime is the one of this machine.
            return True
        done = actions[name](given)
        if "id" in step:
            self.steps[step["id"]] = {"outputs": {"cache-hit": "", "cache-primary-key": given.get("key", "")}}
        return done

    def _check_out(self, given: dict[str, str]) -> bool:
        depth = [] if given.get("fetch-depth") == "0" else ["--depth", "1"]
        source = self.runner._repository.as_uri()
        command = ["git", "clone", "--quiet", *depth, "--branch", self.event.ref, source, str(self.workspace)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _upload(self, given: dict[str, str]) -> bool:
        target = self.outcome.artifacts / given["name"]
        for pattern in given["path"].split():
            for source in self.workspace.glob(pattern):
                if source.is_dir():
                    shutil.copytree(source, target, dirs_exist_ok=True)
                else:
                    target.mkdir(exist_ok=True)
                    shutil.copy2(source, target / source.name)
        return target.is_dir() or given.get("if-no-files-found") == "ignore"

    def _download(self, given: dict[str, str]) -> bool:
        wanted = given.get("name") or given["pattern"]
        found = [path for path in sorted(self.outcome.artifacts.iterdir()) if fnmatch(path.name, wanted)]
        for source in found:
            shutil.copytree(source, self.workspace / given["path"], dirs_exist_ok=True)
        return bool(found) or "pattern" in given

    def _kept(self, key: str) -> Path:
        return self.runner._cache / hashlib.sha256(key.encode()).hexdigest()

    def _restore(self, given: dict[str, str]) -> bool:
        if self._kept(given["key"]).is_dir():
            shutil.copytree(self._kept(given["key"]), self.workspace / given["path"], dirs_exist_ok=True)
        return True

    def _save(self, given: dict[str, str]) -> bool:
        folder = self.workspace / given["path"]
        if folder.is_dir():
            shutil.copytree(folder, self._kept(given["key"]), dirs_exist_ok=True)
        return True


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
