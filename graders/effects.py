"""For which calls of a checks cell it matters what they do to their arguments."""

from __future__ import annotations

import ast
import sys
import types


class Effects:
    """Says for which calls of a cell it matters what they do to their arguments.

    Only then do changed arguments come back: for a call whose result is dropped, `sort_it(values)`, but
    not for `assert f(X) == g(X)`, where a student's f could change what g is given.
    """

    def __init__(self, tree: ast.Module, filename: str) -> None:
        dropped = [n.value for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)]
        self._places = {(c.lineno, c.end_lineno, c.col_offset, c.end_col_offset) for c in dropped}
        self._filename = filename
        self._watched = False
        ends = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _only_raises(node)]
        self._raising = {
            line for node in ends for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }

    def watch(self, on: bool) -> None:
        """See what all calls change, or only those above."""
        self._watched = on

    def wanted(self) -> bool:
        """Whether the call that is being made may bring back what it changed."""
        if self._watched:
            return True
        frame = sys._getframe(1)
        while frame is not None and not _is_outside(frame):
            frame = frame.f_back  # type: ignore[assignment] # the loop ends at None
        if frame is None or frame.f_code.co_filename != self._filename:
            return False
        return list(frame.f_code.co_positions())[frame.f_lasti // 2] in self._places

    def may_swallow(self, error: BaseException, trace: types.TracebackType | None) -> bool:
        """Whether a student's context manager may keep an exception to itself: one raised on purpose.

        Any other could be the check's finding, or keep one from being made.
        """
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or isinstance(error, AssertionError):
            return False
        return trace.tb_frame.f_code.co_filename == self._filename and trace.tb_lineno in self._raising


def _only_raises(node: ast.stmt) -> bool:
    """Whether a statement raises on purpose: by ``raise``, or as constants do, ``1 / 0``."""
    if isinstance(node, ast.Raise):
        return True
    plain = (ast.Expr, ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)
    return isinstance(node, ast.Expr) and all(isinstance(part, plain) for part in ast.walk(node))


def _is_outside(frame: types.FrameType) -> bool:
    """Whether a frame is not the bridge's own: then it is the one that made the call."""
    return not str(frame.f_globals.get("__name__", "")).startswith("graders.bridge")
