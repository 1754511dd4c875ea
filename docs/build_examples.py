"""Write docs/examples/<framework>.md from the golden examples: ``python docs/build_examples.py``."""

from __future__ import annotations

from pathlib import Path

import yaml

from codemods.facts import load_framework
from codemods.plan import INJECTED, Plan

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write one page for each framework that has examples."""
    for framework in sorted({path.parent.parent.name for path in ROOT.glob("frameworks/*/examples/*")}):
        target = ROOT / "docs" / "examples" / f"{framework}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(page(framework), encoding="utf-8")


def page(framework: str) -> str:
    """Return the page of one framework: what each example is for, and what changes in it.

    Args:
        framework: A folder of ``frameworks/``.
    """
    cases = sorted(path for path in (ROOT / "frameworks" / framework / "examples").iterdir() if path.is_dir())
    sections = [_section(case) for case in cases]
    title = load_framework(framework).title
    head = (
        f"# {title}: what changes in which code\n\nMade by `python docs/build_examples.py` from the tested examples in "
        f"`frameworks/{framework}/examples/`. Only the user's own files are shown; the generated package is new "
        "beside them.\n"
    )
    return "\n".join([head, *sections])


def _section(case: Path) -> str:
    said = yaml.safe_load((case / "case.yml").read_text(encoding="utf-8")) or {}
    lines = [f"## {case.name.replace('-', ' ')}", "", str(said.get("why", "")).strip(), ""]
    if not (case / "after").is_dir():
        message = said.get("message")
        lines += [f"Nothing changes. The message: *{message}*" if message else "Nothing changes.", ""]
        return "\n".join(lines)
    plan = Plan(case / "before")
    for file in sorted((case / "after").rglob("*")):
        if file.is_file():
            plan.write(
                file.relative_to(case / "after").as_posix(), file.read_bytes(), feature="", kind=INJECTED
            )
    diff = (
        plan.diff()
        .encode("utf-8", "surrogateescape")
        .decode("utf-8", "replace")
        .replace("\r\n", "\n")
        .rstrip()
    )
    return "\n".join([*lines, "```diff", diff, "```", ""])


if __name__ == "__main__":
    main()
