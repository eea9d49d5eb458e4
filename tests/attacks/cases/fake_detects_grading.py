"""Looks for any sign of being graded, to behave only then."""

CODE = r"""
import json, os, sys
calls = []
def centre(values):
    frame, names = sys._getframe(), []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    calls.append(names)
    raise ValueError(str(names))
print("TRACE", json.dumps({"env": sorted(k for k in os.environ if "GRAD" in k.upper() or "NBG" in k.upper()), "argv": sys.argv,
      "tty": os.isatty(0), "files": sorted(os.listdir("."))}))
"""


def observe(graded):
    told = graded.told()
    assert told["env"] == [] and set(told["files"]) <= {".ipython", "data.csv"}
