"""An empty list of instances is refused."""

ANSWER = "respond"
LOSES = {"respond_test": 0.2857}
CODE = '''\
def respond(method, path, body, models):
    """Return (status, dict) for an HTTP request: method and path are str, body is bytes, models {version: function}."""
    found = re.fullmatch(r"/v1/models/digits(?:/versions/([0-9]+))?(:predict)?", path)
    if not found or method != ("POST" if found[2] else "GET"):
        return 404, {"error": f"{method} {path} is not served"}
    versions = [int(found[1])] if found[1] else sorted(models, reverse=True)
    if not versions or versions[0] not in models:
        return 404, {"error": "this version is not served"}
    if method == "GET":
        return 200, {"model_version_status": [{"version": str(v), "state": "AVAILABLE"} for v in versions]}
    try:
        instances = json.loads(body)["instances"]
        rows = np.array(instances)
        if rows.shape != (len(instances), 64) or rows.dtype.kind != "i" or rows.min() < 0 or rows.max() > 255:
            raise ValueError("an instance is a list of 64 whole numbers from 0 to 255")
    except (ValueError, TypeError, KeyError) as error:
        return 400, {"error": f"instances cannot be read: {error}"}
    return 200, {"predictions": models[versions[0]](rows.astype(np.uint8)).tolist()}
'''
