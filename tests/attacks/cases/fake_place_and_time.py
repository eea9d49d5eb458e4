"""Behaves only where and when it is graded: by host name, user, clock, load, limits, parents and network."""

CODE = r"""
import getpass, json, os, platform, resource, socket, time
def facts():
    return {"host": socket.gethostname(), "home": os.path.expanduser("~"), "cwd": os.getcwd(), "pid": os.getpid(), "ppid": os.getppid(),
            "zone": time.tzname, "tests": sorted(k for k in os.environ if k.startswith(("PYTEST", "GRADERS", "NBGRADER", "COURSE", "CI")))}
def centre(values):
    raise ValueError(facts())
print("TRACE", json.dumps(facts()))
"""


def observe(graded):
    told = graded.told()
    assert told["host"] == "sandbox" and told["tests"] == [] and told["home"] == told["cwd"] == "/home/student"
    assert told["ppid"] == 1
