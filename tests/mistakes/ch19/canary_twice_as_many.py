"""Twice as many errors are the alarm, whatever the numbers."""

ANSWER = "canary"
LOSES = {"canary_test": 0.75}
CODE = '''\
def gets_canary(user, share, salt):
    """Return whether a user (str) gets the new version, if a share (0 to 1) of all users does; salt is a str."""
    digest = hashlib.sha256(f"{salt}{user}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def decide(old, new):
    """Return "roll back", "promote" or "wait" for (errors, requests) of the old and of the new version."""
    (k_old, n_old), (k_new, n_new) = old, new
    if min(n_old, n_new) < 100:
        return "wait"
    p_old, p_new, p = k_old / n_old, k_new / n_new, (k_old + k_new) / (n_old + n_new)
    spread = (p * (1 - p) * (1 / n_old + 1 / n_new)) ** 0.5
    if p_new > 2 * p_old:
        return "roll back"
    doubt = (p_old * (1 - p_old) / n_old + p_new * (1 - p_new) / n_new) ** 0.5
    return "promote" if p_new - p_old + 2 * doubt <= 0.01 else "wait"
'''
