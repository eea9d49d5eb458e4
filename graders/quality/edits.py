"""Small wrong changes of machine-learning code, on the syntax tree: the table of mutations.

Each function yields what to put in the place of which node. Mutation testing is due to DeMillo, Lipton
and Sayward (1978); operators, conditions and constants follow Offutt et al. (1996), the rest are the
slips of machine-learning notebooks: a step left out, rows that should not be seen, the wrong axis.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A node of the source and the code that takes its place."""

    node: ast.expr | ast.stmt
    code: str


@dataclass(frozen=True)
class Mutation:
    """A kind of mistake: its name, what it does in a sentence, and where it can be made."""

    name: str
    story: str
    edits: Callable[[ast.AST], Iterator[Edit]]


_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.FloorDiv: ast.Mult(),
    ast.Pow: ast.Mult(),
}
_PAIRS = (
    ("mean", "sum"),
    ("min", "max"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("std", "var"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("log", "log1p"),
    ("exp", "expm1"),
    ("floor", "ceil"),
    ("hstack", "vstack"),
    ("shuffle", "sort"),
)
_TWINS = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])} | {"median": "mean", "permutation": "arange"}
_WRAPPERS = frozenset("sqrt abs square copy deepcopy clone ravel flatten clip sorted unique log1p".split())
_STRINGS = {
    "relu": "linear",
    "elu": "linear",
    "selu": "linear",
    "swish": "linear",
    "gelu": "linear",
    "tanh": "linear",
    "sigmoid": "linear",
    "softmax": "sigmoid",
    "mse": "mae",
    "mae": "mse",
    "mean_squared_error": "mean_absolute_error",
    "sparse_categorical_crossentropy": "mse",
    "categorical_crossentropy": "mse",
    "binary_crossentropy": "mse",
    "neg_root_mean_squared_error": "neg_mean_squared_error",
    "neg_mean_squared_error": "neg_root_mean_squared_error",
    "median": "mean",
    "most_frequent": "constant",
    "ignore": "error",
    "accuracy": "mse",
    "roc_auc": "accuracy",
    "predict_proba": "predict",
    "decision_function": "predict",
    "same": "valid",
    "valid": "same",
    "passthrough": "drop",
    "drop": "passthrough",
    "l1": "l2",
    "l2": "l1",
}
# Hyperparameters that good solutions choose differently: another value is another good answer.
_TUNING = frozenset(
    "epochs max_epochs batch_size max_iter n_estimators random_state seed verbose patience learning_rate "
    "n_jobs tol max_leaf_nodes max_depth min_samples_leaf n_init eta0 alpha C gamma n_neighbors units".split()
)
# Arguments whose loss changes no result, or only which good solution it is.
_IDLE = (_TUNING | {"strict", "name", "optimizer", "kernel_initializer", "rcond"}) - {"random_state", "alpha"}
_SEEDED = frozenset("default_rng RandomState Random set_random_seed".split())
_STEPS = frozenset("make_pipeline Pipeline Sequential ColumnTransformer make_column_transformer".split())
_TINY = 1e-6  # smaller numbers are tolerances


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls: ``fit`` for ``model.fit(X)``; empty for anything else."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _compare(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sign = _COMPARISONS[type(node.ops[0])]
        yield Edit(node, f"{_part(node.left)} {sign} {_part(node.comparators[0])}")


def _arithmetic(node: ast.AST) -> Iterator[Edit]:
    other = _ARITHMETIC.get(type(node.op)) if isinstance(node, ast.BinOp | ast.AugAssign) else None
    if other is not None and isinstance(node, ast.BinOp | ast.AugAssign):
        yield _changed(node, op=other)


def _drop_term(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        yield Edit(node, ast.unparse(node.left))


def _sign(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield Edit(node, ast.unparse(node.operand))


def _logic(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp):
        yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _number(node: ast.AST) -> Iterator[Edit]:
    """Numbers one more or twice as large, except in settings that are a matter of taste."""
    tuned = (isinstance(node, ast.keyword) and node.arg in _TUNING) or called(node) in _SEEDED
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and not tuned and not isinstance(node, ast.Slice | ast.Subscript):
            if type(child.value) is int and abs(child.value) < 1000:
                yield Edit(child, str(child.value + 1))
            elif type(child.value) is float and (child.value == 0 or abs(child.value) > _TINY):
                yield Edit(child, repr(child.value * 2 or 1.0))


def _off_by_one(node: ast.AST) -> Iterator[Edit]:
    bounds: list[ast.expr | None] = []
    if isinstance(node, ast.Slice):
        bounds = [node.lower, node.upper]
    elif called(node) in ("range", "arange") and isinstance(node, ast.Call):
        bounds = [*node.args[:2]]
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.UnaryOp):
        bounds = [node.slice] if not isinstance(getattr(node.slice, "value", 0), str) else []
    for bound in bounds:
        if bound is not None:
            yield Edit(bound, f"{_part(bound)} + 1")


def _axis(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.keyword) and node.arg == "axis":
        value = ast.unparse(node.value)
        if value in ("0", "1", "-1"):
            yield Edit(node.value, "1" if value == "0" else "0")
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield Edit(node, ast.unparse(node.value))


def _twin(node: ast.AST) -> Iterator[Edit]:
    twin = _TWINS.get(called(node))
    if twin and isinstance(node, ast.Call):
        function = deepcopy(node.func)
        if isinstance(function, ast.Attribute):
            function.attr = twin
        elif isinstance(function, ast.Name) and twin in ("min", "max", "any", "all", "sum"):
            function.id = twin
        else:
            return
        yield Edit(node.func, ast.unparse(function))


def _drop_call(node: ast.AST) -> Iterator[Edit]:
    if called(node) in _WRAPPERS and isinstance(node, ast.Call):
        method = isinstance(node.func, ast.Attribute) and _module(node.func.value) is None
        first = node.args[0] if node.args else None
        inner = node.func.value if method and isinstance(node.func, ast.Attribute) else first
        if inner is not None:
            yield Edit(node, ast.unparse(inner))


def _module(node: ast.expr) -> str | None:
    return (
        node.id if isinstance(node, ast.Name) and node.id in ("np", "pd", "copy", "math", "tf", "ops") else None
    )


def _drop_keyword(node: ast.AST) -> Iterator[Edit]:
    """Arguments by name left out: shuffle, stratify, random_state, axis, ddof, keepdims, weights ..."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in _IDLE:
                yield _changed(node, keywords=[k for k in node.keywords if k is not keyword])


def _flag(node: ast.AST) -> Iterator[Edit]:
    for child in ast.iter_child_nodes(node):
        idle = isinstance(node, ast.keyword) and node.arg in _IDLE
        if isinstance(child, ast.Constant) and isinstance(child.value, bool) and not idle:
            yield Edit(child, str(not child.value))


def _word(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _STRINGS:
        yield Edit(node, repr(_STRINGS[node.value]))


def _drop_step(node: ast.AST) -> Iterator[Edit]:
    """A scaler, imputer or layer left out of a pipeline or model."""
    if called(node) not in _STEPS or not isinstance(node, ast.Call):
        return
    holders: list[ast.Call | ast.List] = [node, *(a for a in node.args if isinstance(a, ast.List))]
    for holder in holders:
        steps = holder.args if isinstance(holder, ast.Call) else holder.elts
        for step in steps if len(steps) > 1 else []:
            rest = [s for s in steps if s is not step]
            if isinstance(step, ast.Call | ast.Tuple):
                yield _changed(holder, **{"args" if holder is node else "elts": rest})


def _see_all(node: ast.AST) -> Iterator[Edit]:
    """Fitting on all rows instead of those chosen, or fitting again where one should transform."""
    if called(node) in ("fit", "fit_transform", "partial_fit") and isinstance(node, ast.Call):
        args = [a.value if isinstance(a, ast.Subscript) else a for a in node.args]
        if args != node.args:
            yield _changed(node, args=args)
    if called(node) == "transform" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield Edit(node.func, ast.unparse(_renamed(node.func, "fit_transform")))


def _renamed(node: ast.Attribute, name: str) -> ast.Attribute:
    renamed = deepcopy(node)
    renamed.attr = name
    return renamed


def _drop_seed(node: ast.AST) -> Iterator[Edit]:
    if called(node) in _SEEDED and isinstance(node, ast.Call) and node.args:
        yield _changed(
            node, args=[ast.Constant(0) if isinstance(node.args[0], ast.Name) else ast.Constant(None)]
        )


def _drop_statement(node: ast.AST) -> Iterator[Edit]:
    """A statement left out that changes something: an update, a call, an assignment to a part."""
    parts = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if (parts or call or isinstance(node, ast.AugAssign | ast.Break)) and isinstance(node, ast.stmt):
        yield Edit(node, "pass")


def _drop_branch(node: ast.AST) -> Iterator[Edit]:
    """A condition that never holds: a guard, a special case or a return left out."""
    if isinstance(node, ast.If):
        yield Edit(node.test, "False")
    elif isinstance(node, ast.IfExp):
        yield Edit(node, ast.unparse(node.orelse))
        yield Edit(node, ast.unparse(node.body))
    elif isinstance(node, ast.comprehension):
        yield from (Edit(condition, "True") for condition in node.ifs)


def _swap_results(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        yield Edit(node.value, ast.unparse(ast.Tuple(node.value.elts[::-1], ast.Load())))


def _changed(node: ast.expr | ast.stmt, **fields: object) -> Edit:
    changed = deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return Edit(node, ast.unparse(ast.fix_missing_locations(changed)))


def _part(node: ast.expr) -> str:
    simple = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
    return ast.unparse(node) if simple else f"({ast.unparse(node)})"


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("arithmetic", "`+` for `-`, `*` for `/`, and the other way round", _arithmetic),
    Mutation("axis", "the other axis, or a transpose left out", _axis),
    Mutation("compare", "`<` for `<=`, `==` for `!=` and the like", _compare),
    Mutation("drop_branch", "a condition that never holds", _drop_branch),
    Mutation("drop_call", "a square root, absolute value, copy or clone left out", _drop_call),
    Mutation("drop_keyword", "an argument by name left out: `shuffle`, `stratify`, `ddof` ...", _drop_keyword),
    Mutation("drop_seed", "a generator that does not follow the seed", _drop_seed),
    Mutation("drop_statement", "an update, call or `break` left out", _drop_statement),
    Mutation("drop_step", "a scaler, imputer or layer left out", _drop_step),
    Mutation("drop_term", "the second part of a sum or product left out", _drop_term),
    Mutation("flag", "`True` for `False` and the other way round", _flag),
    Mutation("logic", "`and` for `or` and the other way round", _logic),
    Mutation("number", "a number one more, or twice as large", _number),
    Mutation("off_by_one", "a bound of a range, slice or index one further", _off_by_one),
    Mutation("see_all", "fitting on all rows, or fitting again where one should transform", _see_all),
    Mutation("sign", "a minus or `not` left out", _sign),
    Mutation("swap_results", "two results in the wrong order", _swap_results),
    Mutation("twin", "`sum` for `mean`, `max` for `min`, `zeros` for `ones` and the like", _twin),
    Mutation("word", "another loss, activation, strategy or score", _word),
)
