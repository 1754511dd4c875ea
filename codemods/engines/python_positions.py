"""Where each node of a LibCST tree stands in the text.

LibCST generates the code once and gives back every token; which of them belong to a node is noted on the way.
https://libcst.readthedocs.io/en/latest/metadata.html#position-metadata
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    import libcst as cst


class Tokens(CodegenState):
    """LibCST's code generation, listening: which tokens each node gave."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.whole: dict[int, tuple[int, int]] = {}
        self.inner: dict[int, tuple[int, int]] = {}
        self._starts: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:  # noqa: ARG002 - LibCST's signature
        """Note the first token of a node."""
        self._starts.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        """Note the tokens of a node with the white space and comments it owns."""
        self.whole[id(node)] = (self._starts.pop(), len(self.tokens))

    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002 - LibCST's signature
        end_node: cst.CSTNode | None = None,  # noqa: ARG002
    ) -> Any:  # LibCST names a private class here
        """Note the tokens of a node alone."""
        return _Recording(self, node)


class _Recording:
    """What `contextlib.contextmanager` would make, at a third of the cost; every node enters one."""

    __slots__ = ("_node", "_start", "_state")

    def __init__(self, state: Tokens, node: cst.CSTNode) -> None:
        self._state, self._node, self._start = state, node, len(state.tokens)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._state.inner[id(self._node)] = (self._start, len(self._state.tokens))
