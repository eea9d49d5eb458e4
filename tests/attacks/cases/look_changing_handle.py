"""Gives a handle whose length, items and names change between two looks, and that is huge in every respect."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "model": """
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class Theta(metaclass=Meta):
    looks = 0
    def __len__(self):
        self.looks += 1
        return 3 if self.looks == 1 else 2**62
    def __getitem__(self, key):
        self.looks += 1
        return [10.0, Theta(), "10.0", np.array(["10.0"])][self.looks % 4]
    def __iter__(self):
        while True: yield self
    def __repr__(self): return "x" * 10**7
    def __float__(self): return 10.0
    __eq__ = lambda self, other: True
    __class__ = property(lambda self: np.ndarray)
    shape, dtype, ndim = (3,), float, 1
Theta.__module__, Theta.__qualname__ = "numpy", "ndarray" * 10**5
class Model:
    @property
    def theta(self): return Theta()
    def fit(self, X, y): return Theta()
    def predict(self, X): return Theta()
""",
    "clean": """
class Frame(pd.DataFrame):
    columns = property(lambda self: ["a", "b"])
    __len__ = lambda self: 2
    __class__ = property(lambda self: pd.DataFrame)
def clean(frame):
    return Frame()
""",
}


def observe(graded):
    assert graded.records["model_test#1"].points == graded.records["model_test#2"].points == 0
