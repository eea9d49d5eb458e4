"""Reads its environment, arguments, user and host names for anything about the course or the operator."""

CODE = r"""
import getpass, json, os, pwd, socket, sys
facts = {**os.environ, "argv": sys.argv, "executable": sys.executable, "cwd": os.getcwd(), "host": socket.gethostname(),
         "users": [p.pw_name for p in pwd.getpwall()], "own": open("/proc/self/environ").read(), "uid": os.getuid()}
print("TRACE", json.dumps(facts))
"""


def observe(graded):
    facts = graded.told()
    assert facts["uid"] != 0 and facts["users"] == ["student"] and facts["host"] == "sandbox"
    assert not {"USER", "LOGNAME", "SSH_AUTH_SOCK", "PYTHONPATH", "SUDO_USER"} & set(facts)
    assert not any(word in str(facts).lower() for word in ("token", "password", "secret", "victim", "submitted"))
