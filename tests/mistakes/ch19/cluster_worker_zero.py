"""Worker 0 is the chief, whoever else is there."""

ANSWER = "cluster"
LOSES = {"cluster_test": 0.2}
HINT = "A ps with index 0"
CODE = '''\
def role_of(tf_config):
    """Return {"type": str, "index": int, "chief": bool, "training": int} for the text of TF_CONFIG."""
    config = json.loads(tf_config or '{"cluster": {"worker": [""]}, "task": {"type": "worker", "index": 0}}')
    cluster, kind, index = config["cluster"], config["task"]["type"], config["task"]["index"]
    chief = kind == "worker" and index == 0
    training = len(cluster.get("chief", [])) + len(cluster.get("worker", []))
    return {"type": kind, "index": index, "chief": chief, "training": training}


def rows_of(tf_config, m):
    """Return the list of row numbers, of m rows, that this machine reads."""
    role = role_of(tf_config)
    if role["type"] not in ("chief", "worker"):
        return []
    chiefs = len(json.loads(tf_config)["cluster"].get("chief", [])) if tf_config else 0
    first = role["index"] + (chiefs if role["type"] == "worker" else 0)
    return list(range(first, m, role["training"]))
'''
