"""What an analysis is asked for, with the facts that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.analysis.prefilter import Prefilter

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.facts import Framework, RuntimeFacts


LANGUAGE = "python"


@dataclass(frozen=True)
class Request:
    """The frameworks to look for, and which lists to make."""

    frameworks: list[Framework]
    runtime: RuntimeFacts
    endpoints: bool = True
    database: bool = True

    def candidates(self, tree: Tree) -> list[str]:
        """Return the files that speak of something the facts know; only they are parsed at first."""
        prefilter = Prefilter(self.frameworks, self.runtime)
        return [path for path, data in tree.sources.items() if prefilter.matches(data)]

    def known_names(self) -> frozenset[str]:
        """Return every dotted name that the facts speak of."""
        names = {name for facts in self.frameworks for name in facts.objects}
        names.update(
            made.call for library in self.runtime.libraries.values() for made in library.constructors
        )
        names.update(name for item in self.runtime.existing for name in item.calls)
        return frozenset(names)
