"""Hands in a pickle and returns objects that would run code in whoever unpickles them."""


def doctor(notebook, folder):
    bomb = b"cos\nsystem\n(S'touch /tmp/graders-pickled'\ntR."
    for name in ("model.pkl", "model.joblib", "centre.pickle"):
        (folder / name).write_bytes(bomb)
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = """
import os
class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/graders-pickled",)
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __deepcopy__ = lambda self, *args: self.__reduce__()
def centre(values):
    return [Bomb(), np.array([Bomb()], dtype=object)][len(values) % 2]
"""


def observe(graded):
    from pathlib import Path

    assert not Path("/tmp/graders-pickled").exists()
