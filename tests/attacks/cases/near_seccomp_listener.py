"""Looks for the listener of the system call filter among its descriptors and lets its own denied calls continue."""

CODE = r"""
import ctypes, fcntl, json, os, struct, threading, time
libc = ctypes.CDLL(None, use_errno=True)
held = []
for number in range(3, 256):
    try:
        if "seccomp" in os.readlink(f"/proc/self/fd/{number}"):
            held.append(number)
    except OSError:
        pass
def let_go(number):
    while True:
        notice = bytearray(80)
        try:
            fcntl.ioctl(number, 0xC0502100, notice)
            fcntl.ioctl(number, 0xC0182101, bytearray(struct.pack("QqiI", struct.unpack_from("Q", notice)[0], 0, 0, 1)))
        except OSError:
            pass
for number in held:
    for _ in range(4):
        threading.Thread(target=let_go, args=(number,), daemon=True).start()
time.sleep(0.2)
done = [libc.syscall(319, b"x", 0) >= 0 for _ in range(30)]  # memfd_create, which is denied
print("TRACE", json.dumps([len(held), sum(done)]))
"""


def observe(graded):
    assert graded.told() == [0, 0]
