"""A template whose sandboxes inherit every descriptor that happens to be open."""

import os
import tempfile

from graders.sandbox import namespaces

kept = tempfile.TemporaryFile()
kept.write(b"canary-" + b"q7xv9kpz")
kept.flush()
os.set_inheritable(kept.fileno(), True)
namespaces.close_other_descriptors = lambda keep: None
