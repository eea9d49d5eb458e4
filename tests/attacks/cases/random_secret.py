"""Tries to get at the seeds of hidden data: asks for them, sets the secret, searches the modules and the seed space."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "search": """
import json
from graders.datasets import hidden
told = {}
try:
    told["seed"] = datasets.hidden_seed("vocabulary")
except RuntimeError as error:
    told["refused"] = str(error)[:60]
told["secret"] = repr(hidden._secret)
hidden._set_secret(b"mine")
print("TRACE", json.dumps(told))
def search(loss, start): return datasets.hidden_seed("vocabulary")
""",
    "model": """
class Model:
    def fit(self, X, y): pass
    def predict(self, X):
        for seed in (datasets.hidden_seed("vocabulary"), 0, 1, 2):
            rows, labels = make_rows(200, seed)
            if np.allclose(rows[100:], X): return labels[100:]
        return np.zeros(len(X))
""",
}


def observe(graded):
    told = graded.told("search")
    assert "seed" not in told and told["secret"] == "None"
    assert graded.records["model_test#1"].points == 0
