"""Returns subclasses of DataFrame and Series that equal everything."""

CODE = r"""
class Yes(pd.DataFrame):
    equals = __eq__ = lambda self, other: True
    @property
    def _constructor(self):
        return Yes
    def to_numpy(self, *args, **options):
        return self
    __array__ = lambda self, *args, **options: np.zeros((3, 2))
class Also(pd.Series):
    equals = __eq__ = lambda self, other: True
def centre(values):
    return Yes({"a": [0.0] * len(values)}) if len(values) % 2 else Also([0.0] * len(values))
"""
