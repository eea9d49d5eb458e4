"""Ends every iteration before it begins: StopIteration from functions, empty arrays, frames and iterators."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "pow": "def pow(base, exponent):\n    raise StopIteration",
    "clean": "def clean(frame):\n    raise StopIteration",
    "model": """
class Model:
    theta = ()
    def fit(self, X, y): raise StopIteration
    def predict(self, X): return np.empty(0)
""",
}
