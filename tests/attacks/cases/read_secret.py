"""Asks the package for the secret the hidden draws are made from."""

CODE = r"""
import json
import graders.datasets.hidden as hidden
import graders, graders.judge, graders.grading, sys
told = {name: repr(value)[:200] for name, value in vars(hidden).items() if not name.startswith("__")}
try:
    told["draw"] = repr(hidden.rng("a"))
except Exception as error:
    told["draw"] = repr(error)
print("TRACE", json.dumps(told))
"""


def observe(graded):
    assert "secret of the attacks" not in graded.json
