"""Python's hash decides, which is another one in each process."""

ANSWER = "canary"
LOSES = {"canary_test": 0.25}
HINT = "is another number in each process"
CODE = '''\
def gets_canary(user, share, salt):
    """Return whether a user (str) gets the new version, if a share (0 to 1) of all users does; salt is a str."""
    return hash(f"{salt}{user}") % 10_000 < share * 10_000


def decide(old, new):
    """Return "roll back", "promote" or "wait" for (errors, requests) of the old and of the new version."""
    (k_old, n_old), (k_new, n_new) = old, new
    if min(n_old, n_new) < 100:
        return "wait"
    p_old, p_new, p = k_old / n_old, k_new / n_new, (k_old + k_new) / (n_old + n_new)
    spread = (p * (1 - p) * (1 / n_old + 1 / n_new)) ** 0.5
    if spread > 0 and (p_new - p_old) / spread > 3:
        return "roll back"
    doubt = (p_old * (1 - p_old) / n_old + p_new * (1 - p_new) / n_new) ** 0.5
    return "promote" if p_new - p_old + 2 * doubt <= 0.01 else "wait"
'''
