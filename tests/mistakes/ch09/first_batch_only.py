"""Returns the centres of the first batch."""

ANSWER = "stream"

LOSES = {"stream_test": 1}

CODE = '''
def stream_centres(read, batches, k, seed=0):
    """Return centres (k, n) from one pass over the batches read(0), read(1), ..."""
    first = read(0)
    start = KMeans(k, n_init=10, random_state=seed).fit(first).cluster_centers_
    model = MiniBatchKMeans(k, init=start, n_init=1, random_state=seed).partial_fit(first)
    for number in range(1, 1):
        model.partial_fit(read(number))
    return model.cluster_centers_
'''
