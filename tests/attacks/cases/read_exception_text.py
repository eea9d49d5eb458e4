"""Raises exceptions whose text is a str subclass, has notes, causes, groups and attributes, all with hidden data."""

CODE = r"""
class Text(str):
    def __str__(self):
        return self
    __repr__ = __format__ = lambda self, *spec: str.__str__(self)
calls = []
class Told(ValueError):
    def __str__(self):
        return Text(calls[-1])
def centre(values):
    calls.append(Text(values.tolist()))
    error = Told(Text(values.tolist()))
    error.add_note(calls[-1])
    error.graders_ended = False
    error.public_name = error.name = error.filename = calls[-1]
    if len(calls) % 2:
        raise error from KeyError(calls[-1])
    raise ExceptionGroup(calls[-1], [error])
"""
