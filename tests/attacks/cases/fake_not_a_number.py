"""Returns values no comparison can be made with: nan, infinities, masked, complex, empty, zero-sized, enormous."""

CODE = r"""
answers = iter([np.nan, [], {}, float("inf"), 1j, "", b"", np.empty((0, 2)), np.ma.masked_all((3, 2)), np.array(np.nan),
                np.full((3, 2), np.nan), np.broadcast_to(0.0, (3, 2)), np.zeros((3, 2), "m8[s]"), np.zeros((3, 2), bool),
                10**400, 10**5000, range(3), slice(3), ..., np.zeros((3, 2), "S0"), True, np.array(True)])
def centre(values):
    return next(answers, None)
"""
