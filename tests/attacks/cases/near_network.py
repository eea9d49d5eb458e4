"""Tries every way out: loopback ports, the machine's addresses, names, metadata services, raw and netlink sockets."""

CODE = """
import json, socket
open_, made = [], []
for host in ("127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "192.168.0.1", "1.1.1.1", "172.17.0.1"):
    for port in (22, 53, 80, 443, 5432, 8000, 8081, 8888):
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        sock.settimeout(0.05)
        try:
            sock.connect((host, port))
            open_.append([host, port])
        except OSError:
            pass
        sock.close()
for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_PACKET, socket.SOCK_RAW, 3), (40, socket.SOCK_STREAM, 0), (38, 5, 0)):
    try:
        socket.socket(family, kind, protocol)
        made.append(family)
    except OSError:
        pass
for name in ("localhost.localdomain.example", "example.com"):
    try:
        open_.append(socket.gethostbyname(name))
    except OSError:
        pass
print("TRACE", json.dumps([open_, [f for f in made if f in (2, 17)]]))
"""


def observe(graded):
    assert graded.told() == [[], []]
