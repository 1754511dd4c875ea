"""Where things are in a service: our generated package, and the names under which its own files are imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis
    from codemods.engines.python import ImportContext

MODULE = "instrumentation"


def generated_package(package: str) -> str:
    """Return the dotted name of the generated package inside a service's top package; empty for a flat layout."""
    return f"{package}.{MODULE}" if package else MODULE


def generated_directory(package_dir: str) -> str:
    """Return the path of the generated package below the project root."""
    return MODULE if package_dir in {"", "."} else f"{package_dir}/{MODULE}"


def first_party(root: Path, analysis: Analysis) -> frozenset[str]:
    """Return the top-level names of the service's own code, so that imports sort as its linter sorts them."""
    folder = root / (analysis.package.import_root if analysis.package else ".")
    modules = {path.stem for path in folder.glob("*.py")}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return frozenset(modules | packages | {MODULE})


def module_name(file: str, analysis: Analysis) -> str:
    """Return the dotted name under which the service imports one of its files."""
    path = Path(file)
    root = Path(analysis.package.import_root) if analysis.package else Path()
    relative = path.relative_to(root) if path.is_relative_to(root) else path
    parts = relative.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_context(file: str, root: Path, analysis: Analysis, package: str) -> ImportContext:
    """Return what the engine has to know of how a file is imported.

    Args:
        file: The file, relative to the root.
        root: The service's directory.
        analysis: What was found in it.
        package: Dotted name of its top package; empty for a flat layout.
    """
    from codemods.engines.python import ImportContext

    return ImportContext(
        module=module_name(file, analysis),
        package=package,
        is_package=Path(file).name == "__init__.py",
        first_party=first_party(root, analysis),
        import_root=analysis.package.import_root if analysis.package else "",
    )
