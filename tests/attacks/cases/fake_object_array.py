"""Returns an array of objects that equal everything."""

CODE = r"""
class Yes:
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __mul__ = lambda self, *other: 0.0
    __float__ = lambda self: 0.0
    __le__ = __lt__ = lambda self, other: True
def centre(values):
    made = np.empty(values.shape, object)
    made.fill(Yes())
    return made
"""
