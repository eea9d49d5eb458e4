"""Calls the judge's function with what it never expected: huge, nested, of other types, with other names."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 8, "cell_seconds": 12}
ANSWERS = {
    "search": r"""
def search(loss, start):
    deep = []
    for _ in range(40):
        deep = [deep]
    absurd = [1e300, -1e18, float("nan"), float("inf"), 10**400, None, "3", b"3", deep, {"w": 1}, np.zeros(10**6), 1j,
              np.datetime64("NaT"), pd.DataFrame({"a": [1]}), object(), loss, search, type, range(10**9), np.random.default_rng()]
    told = []
    for value in absurd:
        for arguments in ((value,), (value, value), ()):
            try:
                told.append(repr(loss(*arguments)))
            except Exception as error:
                told.append(str(error))
    try:
        loss(w=1, _hidden=2)
    except Exception as error:
        told.append(str(error))
    raise ValueError(told)
""",
}


def observe(graded):
    assert graded.records["search_test#1"].points == 0
