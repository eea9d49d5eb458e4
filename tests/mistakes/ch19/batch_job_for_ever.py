"""A batch is sent until it works."""

ANSWER = "batch_job"
LOSES = {"batch_job_test": 0.1667}
CODE = '''\
def batch_job(lines, send, batch_size=64):
    """Yield a JSON text for each of any number of lines; send maps a list of pixel lists to a list of predictions."""
    def answered(held):
        good = [item for item in held if "pixels" in item]
        for attempt in range(99):
            try:
                predictions = iter(send([item["pixels"] for item in good]) if good else [])
                break
            except ConnectionError:
                if attempt == 98:
                    raise
        for item in held:
            if "pixels" in item:
                found = next(predictions)
                item = {"id": item["id"], "digit": int(np.argmax(found)), "probability": float(max(found))}
            yield json.dumps(item)

    held, ready = [], 0
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line)
            if not isinstance(item["pixels"], list):
                raise TypeError("pixels must be a list")
            held.append({"id": item["id"], "pixels": item["pixels"]})
            ready += 1
        except (ValueError, TypeError, KeyError) as error:
            held.append({"line": number, "error": repr(error)})
        if ready == batch_size:
            yield from answered(held)
            held, ready = [], 0
    yield from answered(held)
'''
