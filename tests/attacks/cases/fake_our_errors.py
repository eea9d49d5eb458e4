"""Raises the errors that would mean a failure of ours, to become ungradable instead of wrong."""

CODE = r"""
import itertools
from graders import errors
from graders.bridge import wire
kinds = itertools.cycle([MemoryError, RecursionError, ImportError, SyntaxError, errors.JudgeError, errors.SandboxError,
                         wire.WireError, wire.PeerGone, wire.PeerSlow, NameError, NotImplementedError, TimeoutError, BrokenPipeError])
def centre(values):
    raise next(kinds)("not my fault")
"""
