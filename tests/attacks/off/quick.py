"""Judges that give an interrupted call less time to stop: many attacks ignore the interrupt.

Imported by the template of the kernels, from which the judges' is forked; it leaves no trace in either.
"""

import os
import sys

from graders.bridge import remote

remote._GRACE_SECONDS = 0.4
sys.path[:] = [path for path in sys.path if path != os.path.dirname(__file__)]
os.environ.pop("PYTHONPATH", None)
