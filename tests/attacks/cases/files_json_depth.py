"""A notebook nested so deep that reading it overflows."""


def doctor(notebook, folder):
    import json

    deep = "[" * 100_000 + "]" * 100_000
    (folder / "ch01_victim.ipynb").write_text(json.dumps(notebook)[:-1] + f', "deep": {deep}' + "}")


EXPECT = {"outcome": ["failed"]}
