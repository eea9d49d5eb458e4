"""The doctor: all promises on this machine, and a clear word where a wall cannot be raised."""

import subprocess
import sys

from graders.sandbox.doctor import PROMISES, examine

# The same filter that walled processes get denies what raising a wall needs: a machine that does not let us.
HINDERED = """
from graders.sandbox import seccomp, system
from graders.sandbox.doctor import examine
system.no_new_privileges()
seccomp.load()
for finding in examine("/nowhere"):
    print(finding.kept, finding.promise, finding.seen)
"""


def test_every_promise_is_kept_here(tiny_course):
    findings = examine(str(tiny_course.course.root))
    assert [(f.promise, f.seen) for f in findings if not f.kept] == []
    assert len(findings) == 1 + len(PROMISES)
    assert all(f.seen for f in findings)


def test_where_no_wall_can_be_raised_it_says_so_and_what_to_do():
    done = subprocess.run([sys.executable, "-c", HINDERED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("False A wall can be raised")
    assert len(done.stdout.splitlines()) == 1
    assert "namespaces" in done.stdout
    assert "run:" in done.stdout or "wall='process'" in done.stdout
