"""Mutants: every kind is made where it should be, nowhere else, and the same ones each time."""

import ast
from dataclasses import replace

import pytest

from graders.errors import SourceError
from graders.notebooks.bundle import load_bundle
from graders.notebooks.roles import MARKERS
from graders.quality.edits import MUTATIONS
from graders.quality.mutants import choose, make, read_survivors, survivors_path

EXAMPLES = {
    "arithmetic": ("a - b", "a + b"),
    "axis": ("X.mean(axis=0)", "X.mean(axis=1)"),
    "compare": ("a < b", "a <= b"),
    "drop_branch": ("a if b else c", "c"),
    "drop_call": ("np.sqrt(a + b)", "a + b"),
    "drop_keyword": ("split(X, shuffle=True, stratify=y)", "split(X, shuffle=True)"),
    "drop_seed": ("np.random.default_rng(seed)", "np.random.default_rng(0)"),
    "drop_statement": ("model.update()", "pass"),
    "drop_step": ("make_pipeline(StandardScaler(), Ridge())", "make_pipeline(Ridge())"),
    "drop_term": ("loss + penalty", "loss"),
    "flag": ("model(X, training=False)", "model(X, training=True)"),
    "logic": ("a and b", "a or b"),
    "number": ("np.full(n, 0.5)", "np.full(n, 1.0)"),
    "off_by_one": ("range(n)", "range(n + 1)"),
    "see_all": ("model.fit(X[rows], y[rows])", "model.fit(X, y)"),
    "sign": ("-scores", "scores"),
    "swap_results": ("return train, valid", "return valid, train"),
    "twin": ("errors.mean()", "errors.sum()"),
    "word": ("Dense(3, activation='relu')", "Dense(3, activation='linear')"),
}


def test_every_mutation_has_an_example():
    assert [mutation.name for mutation in MUTATIONS] == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mutation_makes_the_mistake_it_is_named_after(name):
    before, after = EXAMPLES[name]
    made = {ast.unparse(ast.parse(m.code)) for m in make("a", before, MARKERS) if m.mutation == name}
    assert ast.unparse(ast.parse(after)) in made


def test_what_is_put_into_a_larger_expression_stays_together():
    made = {m.changed for m in make("a", "y = c * np.sqrt(a + b)", MARKERS)}
    assert "y = c * (a + b)" in made


def test_only_the_solution_is_changed_and_error_messages_are_not():
    source = '''
def f(X, axis=0):
    """Return 1 + 1."""
    ### BEGIN SOLUTION
    if len(X) < 3:
        raise ValueError("1 is < 3" + str(3 - 1))
    ### END SOLUTION
    return X + 1
'''
    mutants = list(make("f", source, MARKERS))
    assert {m.line for m in mutants} == {"if len(X) < 3:"}
    assert {m.changed for m in mutants} == {"if (len(X) <= 3):", "if len(X) < 4:", "if False:"}


@pytest.mark.parametrize(
    "text", ["rng = Random(seed=1)", "h = fit(X, epochs=3)", "adam = Adam(learning_rate=0.1)", "%time f(1)"]
)
def test_what_good_solutions_choose_differently_is_left_alone(text):
    assert list(make("a", text, MARKERS)) == []


def test_every_mutant_is_python_and_another_program(course):
    cells = [c for c in load_bundle(course, "ch01_numbers").notebooks[0].cells if c.name in ("mean", "squares")]
    for cell in cells:
        mutants = list(make(cell.name, cell.source, MARKERS))
        programs = {ast.dump(ast.parse(m.code)) for m in mutants} | {ast.dump(ast.parse(cell.source))}
        assert len(programs) == len(mutants) + 1 > 3
        assert len({m.name for m in mutants}) == len({m.id for m in mutants})


SOURCE = """\
def f(X, y):
    a = -X.mean(axis=0) + y[1:] * 2
    b = a.max() - 3 if a.any() else 4
    return a, b
"""


def test_the_choice_has_many_kinds_is_capped_and_always_the_same():
    everything = list(make("f", SOURCE, MARKERS))
    chosen = choose("f", SOURCE, MARKERS, 8)
    assert len(everything) > 12 and len(chosen) == 8
    assert chosen == choose("f", SOURCE, MARKERS, 8)
    assert len({m.mutation for m in chosen}) == min(8, len({m.mutation for m in everything}))
    assert {m.id for m in chosen} <= {m.id for m in choose("f", SOURCE, MARKERS, 9)}


def test_a_mutant_keeps_its_name_when_other_lines_change():
    names = {m.name for m in make("f", SOURCE, MARKERS) if "mean" in m.line}
    moved = SOURCE.replace("    return a, b", "    b += 7\n    return b")
    assert names == {m.name for m in make("f", moved, MARKERS) if "mean" in m.line}
    assert names != {m.name for m in make("g", SOURCE, MARKERS) if "mean" in m.line}
    assert replace(next(make("f", SOURCE, MARKERS)), code="").id == next(make("f", SOURCE, MARKERS)).id


ENTRY = "[[survivor]]\nanswer = 'f'\nmutation = 'sign'\nline = 'a'\nchanged = 'b'\n"


def test_accepted_survivors_are_read_with_their_reasons(course):
    survivors_path(course, "ch01_numbers").write_text(ENTRY + "reason = 'the same'\n")
    assert read_survivors(course, "ch01_numbers") == {("f", "sign", "a", "b"): "the same"}
    assert read_survivors(course, "ch02_speed") == {}


@pytest.mark.parametrize("text", [ENTRY, ENTRY + "reason = ' '\n", "[[survivor", "[[survivor]]\n"])
def test_a_survivor_needs_all_its_parts_and_a_reason(course, text):
    survivors_path(course, "ch01_numbers").write_text(text)
    with pytest.raises(SourceError, match=r"ch01/survivors\.toml"):
        read_survivors(course, "ch01_numbers")
