"""Makes denied calls without end, to keep busy whoever has to answer them."""

LIMITS = {"cell_seconds": 2}
CODE = """
import ctypes, threading
libc = ctypes.CDLL(None)
def flood():
    while True:
        libc.unshare(0x10000000)
for _ in range(8):
    threading.Thread(target=flood, daemon=True).start()
flood()
"""
EXPECT = {"outcome": ["timed_out"]}
