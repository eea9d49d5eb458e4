# %% [markdown]
# # 19. Training and deploying at scale
#
# A model in a notebook helps nobody. This chapter takes one to where it is used, and back to training when one device
# no longer does: export it under a version number, serve it from another process over HTTP, send it a part of the
# traffic and look whether it does well, make it small enough for a telephone, train in half precision, and train on
# several devices at once.
#
# The model is small on purpose: scans of digits, 8×8 pixels, from scikit-learn. Two logical CPUs stand in for two GPUs,
# and a server of thirty lines for TensorFlow Serving. The contracts are the real ones, and what changes at full size
# stands at the end.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import ast
import contextlib
import hashlib
import http.client
import json
import linecache
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that
warnings.filterwarnings("ignore", r"\s*Warning: tf.lite.Interpreter")  # its successor is a package of its own
cpu = tf.config.list_physical_devices("CPU")[0]
if not tf.config.get_logical_device_configuration(cpu):  # two logical devices, to be said before TensorFlow starts
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

# %% given="scans"
def make_scans(n, seed, part="train"):
    """Return X (n, 64), grey values 0..255 (uint8), and y (n,), the digits; the part "new" has other images."""
    rng, bunch = np.random.default_rng(seed), load_digits()
    rows = rng.integers(*{"train": (0, 1300), "new": (1300, 1797)}[part], n)
    noisy = bunch.data[rows] * 15 + rng.normal(0, 15, (n, 64))
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8), bunch.target[rows]


def forward(weights, pixels):
    """Return probabilities (rows, outputs) of a network [W1, b1, W2, b2] for pixels (rows, 64), 0..255, in NumPy."""
    W1, b1, W2, b2 = weights
    z = np.maximum(np.asarray(pixels, float) / 255 @ W1 + b1, 0) @ W2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def keras_net(weights):
    """Return a Keras model with these weights, from pixels divided by 255, (rows, 64), to probabilities."""
    hidden, outputs = (keras.layers.Dense(len(b), a) for b, a in zip(weights[1::2], ("relu", "softmax"), strict=True))
    model = keras.Sequential([keras.layers.Input((64,)), hidden, outputs])
    model.set_weights(weights)
    return model


X_scans, y_scans = make_scans(1500, seed=19)
trained = MLPClassifier((32,), random_state=19, learning_rate_init=0.005, tol=9.0, n_iter_no_change=12)  # 12 epochs
trained.fit(X_scans / 255, y_scans)
digit_net = [w for pair in zip(trained.coefs_, trained.intercepts_, strict=True) for w in pair]
digit_net = [w.astype(np.float32) for w in digit_net]  # [W1 (64, 32), b1, W2 (32, 10), b2]
X_new, y_new = make_scans(500, seed=20, part="new")
print("accuracy on new scans:", np.mean(forward(digit_net, X_new).argmax(axis=1) == y_new))

# %% [markdown]
# ## Exercise 1 — A version that can be served
#
# A `.keras` file is for going on with the work: it needs Python and Keras to be read. A *SavedModel* is for serving. It
# is a folder with the weights and with *graphs*, which run without your code: in TensorFlow Serving (C++), on other
# machines, from other languages. What can be called from outside is a *signature*: a graph with names and types for
# what goes in and comes out. If nothing else is asked for, `serving_default` is called.
#
# Put the preprocessing into the graph. A model that wants pixels divided by 255, and an app that forgets to, do not
# fail: they are wrong, quietly (*training/serving skew*).
#
# ```
# archive = keras.export.ExportArchive()
# archive.track(model)
# archive.add_endpoint("serve", f, input_signature=[tf.TensorSpec((None, 64), tf.uint8, name="pixels")])
# archive.write_out(folder, verbose=False)        # the first endpoint becomes serving_default as well
# ```
#
# Here `f(pixels)` returns a dict of named outputs. `tf.saved_model.load(folder).signatures["serving_default"]`
# gives the graph back.
#
# Servers watch a folder with one numbered subfolder per version, and serve the highest number. So a new model is
# *deployed* by a new folder, and taken back by removing it. As the server may look at any moment, a version must
# appear all at once: write into a folder whose name is no number, and rename it when it is complete.

# %% [markdown]
# **Task.**
#
# - `latest(root)` returns the highest version in the folder, 0 if there is none. Only *folders* with names of digits
#   alone count.
# - `publish(model, root)` exports a Keras model (inputs: floats 0…1) as the version after the latest, and returns its
#   number. The input of the signature is called `pixels`, uint8 from 0 to 255, shape (rows, 64); the output
#   `probabilities`. The given `save_plain(model, folder)` puts a second form beside it, for servers without
#   TensorFlow (Exercise 2). If anything fails, nothing new is left in `root`, and the error is passed on.
# <!-- covers: 19.1 19.4 19.N1 19.N3 -->

# %% given="plain"
def save_plain(model, folder):
    """Write the weights of a model, w0, w1, ..., into plain.npz in a folder that exists."""
    np.savez(Path(folder) / "plain.npz", **{f"w{i}": w for i, w in enumerate(model.get_weights())})


def cell_of(function):
    """Return the text of the cell in which a function was written, without the calls that only try it out."""
    cell = ast.parse("".join(linecache.getlines(function.__code__.co_filename)))
    return "\n".join(ast.unparse(part) for part in cell.body if not isinstance(part, ast.Expr)) + "\n"

# %% answer="publish"
def latest(root):
    """Return the highest version in a folder, an int, or 0."""
    ### BEGIN SOLUTION
    return max((int(path.name) for path in Path(root).iterdir() if path.is_dir() and path.name.isdecimal()), default=0)
    ### END SOLUTION


def publish(model, root):
    """Export a Keras model on (rows, 64) floats as the next version in the folder root; return its number."""
    ### BEGIN SOLUTION
    def serve(pixels):
        return {"probabilities": model(tf.cast(pixels, tf.float32) / 255)}

    draft = tempfile.mkdtemp(prefix="draft-", dir=root)
    try:
        archive = keras.export.ExportArchive()
        archive.track(model)
        spec = tf.TensorSpec((None, 64), tf.uint8, name="pixels")
        archive.add_endpoint("serve", serve, input_signature=[spec])
        archive.write_out(draft, verbose=False)
        save_plain(model, draft)
        number = latest(root) + 1
        os.rename(draft, Path(root) / str(number))
    except Exception:
        shutil.rmtree(draft)
        raise
    return number
    ### END SOLUTION

# %% given="shelf"
def highest_of(entries):
    """Return latest() of a folder with these entries; a name that ends with / is a folder."""
    with tempfile.TemporaryDirectory() as root:
        for name in entries:
            (Path(root) / name).mkdir() if name.endswith("/") else (Path(root) / name).touch()
        return latest(root)


class Watched(keras.Sequential):
    """A model that notes which folders are there when its weights are read, or fails then."""

    def get_weights(self):
        self.seen = sorted(path.name for path in self.root.iterdir() if path.name.isdecimal())
        if self.full:
            raise OSError("No space left on device")
        return super().get_weights()


def shelf(nets, pixels, before=(), full=False):
    """Publish nets beside folders `before`; return numbers, folders seen meanwhile, folders at the end, outputs."""
    with tempfile.TemporaryDirectory() as root:
        for name in before:
            (Path(root) / name).mkdir()
        numbers, seen, outputs = [], [], []
        for net in nets:
            model = Watched([keras.layers.Input((64,)), *keras_net(net).layers])
            model.root, model.full, model.seen = Path(root), full, []
            with contextlib.suppress(OSError):
                numbers.append(publish(model, root))
            seen.append(list(model.seen))
        for number in numbers:
            graph = tf.saved_model.load(f"{root}/{number}").signatures["serving_default"]
            outputs.append(graph(pixels=tf.constant(pixels, tf.uint8))["probabilities"].numpy())
        return {"numbers": numbers, "seen": seen, "folders": sorted(os.listdir(root)), "outputs": outputs}

# %% checks="publish_test" points=2
check.equal("The highest of versions 1 and 2 is 2", highest_of(["1/", "2/"]), 2)
check.close("An exported model says what the model says", shelf([digit_net], X_new[:5])["outputs"][0],
            forward(digit_net, X_new[:5]), rtol=1e-3, atol=1e-4, hint="Divide by 255 inside the signature.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 publish"))
nets = [[rng.normal(0, 0.5, s).astype(np.float32) for s in ((64, 7), 7, (7, 3), 3)] for _ in range(2)]
pixels, shelves = rng.integers(0, 256, (6, 64)).astype(np.uint8), {}


def shelved(full=False):
    if full not in shelves:
        shelves[full] = shelf(nets[:1], pixels, ["4"], True) if full else shelf(nets, pixels, ["9", "10", "draft"])
    return shelves[full]


check.equal("Versions are compared as numbers, and other names and files are none",
            [highest_of(["9/", "10/", "draft-11/", "12", "v13/"]), highest_of([]), highest_of(["7.5/", "3/", "008/"])],
            [10, 0, 8], hint='As text, "10" comes before "9".')
check.close("Each version says what its model says, on pixels from 0 to 255", shelved()["outputs"],
            [forward(net, pixels) for net in nets], rtol=1e-3, atol=1e-4, weight=2,
            hint="The signature takes uint8: cast, and divide by 255 there.")
check.equal("The next version gets the next number", shelved()["numbers"], [11, 12])
check.equal("While a version is written, its number is not there yet", shelved()["seen"],
            [["10", "9"], ["10", "11", "9"]], hint="Rename the folder when it is complete.")
check.equal("An export that fails leaves nothing behind",
            [shelved(full=True)[name] for name in ("numbers", "folders")], [[], ["4"]],
            hint="Remove the draft, then raise again.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — A server that keeps its contract
#
# The server is a program of its own: it starts without your notebook, goes on when the notebook ends, and may be
# written in another language. TensorFlow Serving speaks two protocols. *gRPC* sends protocol buffers over HTTP/2:
# compact and fast, for machines with the same definition files. *REST* sends JSON over HTTP; anything can call
# it. This is the contract, for a model called `digits`:
#
# | request | answer |
# |---|---|
# | `GET /v1/models/digits` | 200 and the versions, newest first: `{"model_version_status": [{"version": "2", "state": "AVAILABLE"}, ...]}` |
# | `GET /v1/models/digits/versions/1` | the same, with that version alone |
# | `POST /v1/models/digits:predict` with `{"instances": [[...], [...]]}` | 200 and `{"predictions": [[...], [...]]}`, by the newest version |
# | `POST /v1/models/digits/versions/1:predict` | the same, by version 1 |
# | a body that cannot be used | 400 and `{"error": "what is wrong"}` |
# | a version that is not there, another path or method | 404 and `{"error": ...}` |
#
# Here an instance is a list of 64 whole numbers from 0 to 255. Anything else is refused for the whole request: other
# lengths, text, 12.5, 256, a body that is no JSON. No instances are fine, and get no predictions. A server never
# falls over because of a request. And it makes *one* call of the model for all instances of a request: a call for each
# costs many times as much.

# %% [markdown]
# The program `service.py` is put together from all definitions and imports in the cell of your answer, and `SERVICE`
# below. For each request it looks which versions are there, so a new one is served as soon as its folder appears. It
# runs as another process, on a port that only this machine can reach, and knows nothing of this notebook: try your
# function out in a cell of its own.
#
# **Task.** Write `respond`. `models` is a dict from version (int) to a function; the function takes an array (rows, 64)
# of type uint8 and returns probabilities (rows, outputs). Besides NumPy (`np`), `json` and `re` are imported there;
# what else you need, import in your cell. Probabilities keep all their digits.
# <!-- covers: 19.1 19.2 19.4 19.N2 19.N3 -->

# %% given="service"
SERVICE = '''
import functools, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

calls = []

@functools.cache
def load(path):
    W1, b1, W2, b2 = np.load(path).values()

    def predict(pixels):
        calls.append(len(pixels))
        z = np.maximum(pixels / 255 @ W1 + b1, 0) @ W2 + b2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return predict

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        calls.clear()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        models = {int(p.parent.name): load(p) for p in Path(sys.argv[1]).glob("[0-9]*/plain.npz")}
        try:
            status, answer = respond(self.command, self.path, body, models)
            data = json.dumps(answer).encode()
        except Exception as error:
            status, data = 500, json.dumps({"error": repr(error)}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Calls", str(len(calls)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("PORT", server.server_address[1], flush=True)
sys.stdout = sys.stderr
server.serve_forever()
'''

# %% answer="respond"
def respond(method, path, body, models):
    """Return (status, dict) for an HTTP request: method and path are str, body is bytes, models {version: function}."""
    ### BEGIN SOLUTION
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
        if rows.size == 0 and instances == []:
            return 200, {"predictions": []}
        if rows.shape != (len(instances), 64) or rows.dtype.kind != "i" or rows.min() < 0 or rows.max() > 255:
            raise ValueError("an instance is a list of 64 whole numbers from 0 to 255")
    except (ValueError, TypeError, KeyError) as error:
        return 400, {"error": f"instances cannot be read: {error}"}
    return 200, {"predictions": models[versions[0]](rows.astype(np.uint8)).tolist()}
    ### END SOLUTION

# %% given="running"
@contextlib.contextmanager
def running(root):
    """Start service.py as a process of its own, for the versions in a folder; yield its port, and end it."""
    program, notes = Path(root) / "service.py", Path(root) / "notes.txt"
    program.write_text("import json, re\nimport numpy as np\n" + cell_of(respond) + SERVICE)
    with notes.open("w") as errors:
        server = subprocess.Popen([sys.executable, program, root], stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        port = next((line.split()[1] for line in server.stdout if line.startswith("PORT ")), None)
        if port is None:
            raise RuntimeError(f"service.py did not start: {notes.read_text().splitlines()[-1:]}")
        yield int(port)
    finally:
        server.kill()
        server.communicate()


def request(port, method, path, body=""):
    """Send one request; return (status, answer, calls of the model)."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request(method, path, body)
    reply = line.getresponse()
    answer = json.loads(reply.read())
    line.close()
    return reply.status, answer, int(reply.headers["Calls"])


def exchange(nets, requests):
    """Serve nets as {version: weights} and send requests (method, path, body); ("DEPLOY", version, net) adds one."""
    with tempfile.TemporaryDirectory() as root:
        def deploy(version, net):
            (Path(root) / str(version)).mkdir()
            return save_plain(keras_net(net), f"{root}/{version}")

        for version, net in nets.items():
            deploy(version, net)
        with running(root) as port:
            return [deploy(*r[1:]) if r[0] == "DEPLOY" else request(port, *r) for r in requests]

# %% given="asking"
def predict_body(rows):
    """Return the JSON text of a request for these instances."""
    return json.dumps({"instances": np.asarray(rows).tolist()})


def answer_all(weights, rows):
    """Call respond in this process, for all rows in one request; return an array (rows, outputs)."""
    def model(pixels):
        sum(range(20_000))  # each call has a price of its own, as on a GPU
        return forward(weights, pixels)

    _, answer = respond("POST", "/v1/models/digits:predict", predict_body(rows).encode(), {1: model})
    return np.array(answer["predictions"])


# %% checks="respond_test" points=2
status, answer, _ = exchange({1: digit_net}, [("GET", "/v1/models/digits")])[0]
check.equal("The server runs, and names its version", [status, answer],
            [200, {"model_version_status": [{"version": "1", "state": "AVAILABLE"}]}],
            hint="An exception in respond is told as status 500.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 respond"))
nets = {v: [rng.normal(0, 0.4, s).astype(np.float32) for s in ((64, 5), 5, (5, 4), 4)] for v in (2, 9, 10)}
pixels, home = rng.integers(0, 256, (7, 64)), "/v1/models/digits"
good = predict_body(pixels)
told = exchange({v: nets[v] for v in (2, 9)}, [
    ("GET", home), ("GET", f"{home}/versions/2"), ("POST", f"{home}:predict", good),
    ("POST", f"{home}/versions/2:predict", good), ("POST", f"{home}:predict", "{\"instances\": []}"),
    ("DEPLOY", 10, nets[10]), ("GET", home), ("POST", f"{home}:predict", good)])
X_asked, y_asked = make_scans(600, datasets.hidden_seed("ch19 served scans"), "new")
served = exchange({1: digit_net}, [("POST", f"{home}:predict", predict_body(X_asked))])[0][1].get("predictions")


def states(*versions):
    return [200, {"model_version_status": [{"version": v, "state": "AVAILABLE"} for v in versions]}]


def close(reply, version):
    found = np.array(reply[1].get("predictions", []))
    return found.shape == (7, 4) and bool(np.allclose(found, forward(nets[version], pixels), rtol=0, atol=1e-6))


check.equal("Versions are listed, newest first, or one alone", [list(told[i][:2]) for i in (0, 1)],
            [states("9", "2"), states("2")], hint="Versions are text in the answer, and numbers when they are sorted.")
check.equal("Predictions are the model's, to the last digits, by the version asked for",
            [close(told[2], 9), close(told[3], 2)], [True, True], hint="The model divides by 255 itself; do not round.")
check.equal("One request is one call of the model", [told[2][2], told[3][2]], [1, 1],
            hint="Make one array of all instances.")
check.equal("No instances have no predictions", list(told[4][:2]), [200, {"predictions": []}])
check.equal("A new version is served without a new start", [list(told[6][:2]), close(told[7], 10)],
            [states("10", "9", "2"), True], hint="Keep nothing from one request to the next.")
check.score("New scans sent over HTTP are recognised", y_asked,
            np.reshape(served if served else np.zeros((600, 10)), (600, -1)).argmax(axis=1), at_least=0.85)
check.faster("A large request is answered at once", answer_all, times=3, repeats=3,
             inputs=lambda seed: (nets[9], np.random.default_rng(seed).integers(0, 256, (1500, 64))),
             hint="One call of the model for all rows.")
### END HIDDEN TESTS

# %% checks="refuse_test" points=1
check.equal("Half an instance is refused, another path is not there",
            [reply[0] for reply in exchange({1: digit_net}, [
                ("POST", "/v1/models/digits:predict", predict_body(X_new[:1, :32])), ("GET", "/v1/models/letters")])],
            [400, 404], hint="An exception in respond is told as status 500.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 refuse"))
row, home = rng.integers(0, 256, 64).tolist(), "/v1/models/digits"
good = predict_body([row])
unusable = ["no json", "[]", "{}", "{\"instances\": 3}", json.dumps({"instances": [row[:63]]}),
            json.dumps({"instances": [row, row[:5]]}), json.dumps({"instances": [[*row[:63], 12.5]]}),
            json.dumps({"instances": [[*row[:63], 256]]}), json.dumps({"instances": [[-1, *row[:63]]]}),
            json.dumps({"instances": [["7"] * 64]}), "{\"instances\": null}", json.dumps({"instances": row})]
told = exchange({2: digit_net}, [
    *[("POST", f"{home}:predict", body) for body in unusable],
    ("POST", f"{home}/versions/3:predict", good), ("GET", f"{home}/versions/7"), ("GET", "/v1/models/letters"),
    ("GET", f"{home}:predict"), ("PUT", home), ("POST", home, good), ("POST", f"{home}:predict", good)])
refused, missing, after = told[:12], told[12:18], told[18]

check.equal("What cannot be used is refused with 400, and the reason",
            [(reply[0], "error" in reply[1]) for reply in refused], [(400, True)] * len(unusable), weight=2,
            hint="Look at the shape, the type and the range before the model is called; catch what json.loads raises.")
check.equal("What is not there is 404", [(reply[0], "error" in reply[1]) for reply in missing], [(404, True)] * 6,
            hint="Compare the whole path, the method, and the version.")
check.close("After all that it still answers", after[1].get("predictions", []), forward(digit_net, [row]), rtol=0,
            atol=1e-6)
### END HIDDEN TESTS

# %% [markdown]
# ### A batch job
#
# Not every prediction is asked for by somebody who waits. Cloud platforms (Vertex AI; once AI Platform) run *batch
# prediction*: a file of JSON lines goes in, a file of JSON lines comes out, and the machines exist only meanwhile. What
# makes such a job good is dull: it holds one batch at a time, a bad line does not stop it, and a request that fails is
# sent again.
#
# **Task.** `batch_job(lines, send, batch_size)` is a generator that yields one text of JSON per line, in order:
#
# - for a good line `{"id": ..., "pixels": [...]}`: `{"id": ..., "digit": most probable, "probability": its
#   probability}`;
# - for a line that is no JSON, or has no id or no list of pixels: `{"line": number, "error": "..."}`, counted from 1.
#
# `send(instances)` gets a list of at most `batch_size` lists of pixels, and returns the list of predictions. It may
# raise `ConnectionError`; then the batch is sent again, three times in all, and the last error is passed on. Full
# batches are sent as soon as there are `batch_size` good lines, the rest at the end. A bad line waits for its turn.
# <!-- covers: 19.1 19.2 19.N4 -->

# %% answer="batch_job"
def batch_job(lines, send, batch_size=64):
    """Yield a JSON text for each of any number of lines; send maps a list of pixel lists to a list of predictions."""
    ### BEGIN SOLUTION
    def answered(held):
        good = [item for item in held if "pixels" in item]
        for attempt in range(3):
            try:
                predictions = iter(send([item["pixels"] for item in good]) if good else [])
                break
            except ConnectionError:
                if attempt == 2:
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
    ### END SOLUTION

# %% given="job_tools"
def run_job(lines, batch_size, failures=0):
    """Run batch_job; return its answers as dicts (without texts of errors) and the sizes of the batches sent.

    The first attempts fail, as many as `failures`. Sizes of failed attempts are negative.
    """
    sent, answers = [], []

    def send(instances):
        failed = len(sent) < failures
        sent.append(-len(instances) if failed else len(instances))
        if failed:
            raise ConnectionResetError("the line is down")
        return forward(digit_net, instances).tolist()

    for text in batch_job(iter(lines), send, batch_size):
        answer = json.loads(text)
        answers.append({name: value for name, value in answer.items() if name != "error"})
    return answers, sent


def read_ahead(lines, batch_size):
    """Return how many lines had been read when the first answer came."""
    stream = iter(lines)
    first = next(batch_job(stream, lambda rows: forward(digit_net, rows).tolist(), batch_size))
    return len(lines) - len(list(stream)) if first else 0


def job_lines(pixels, bad=()):
    """Return JSON lines for rows of pixels, with ids r0, r1, ..., and other texts at the places in bad, {place: text}."""
    lines = [json.dumps({"id": f"r{i}", "pixels": row.tolist()}) for i, row in enumerate(pixels)]
    for place, text in sorted(dict(bad).items()):
        lines.insert(place, text)
    return lines

# %% checks="batch_job_test" points=1
check.equal("Five lines have five answers, by two requests for three and two rows",
            [[a["id"] for a in run_job(job_lines(X_new[:5]), 3)[0]], run_job(job_lines(X_new[:5]), 3)[1]],
            [["r0", "r1", "r2", "r3", "r4"], [3, 2]])

### BEGIN HIDDEN TESTS
X_job, _ = make_scans(23, datasets.hidden_seed("ch19 job"), "new")
expected, bad = forward(digit_net, X_job), {0: "{", 4: '{"id": "x"}', 5: "[]", 9: '{"pixels": []}',
                                            12: '{"id": "y", "pixels": "12"}', 25: "9"}


def right(numbers):
    rows = iter(range(23))
    return [{"line": n + 1} if n in numbers else (lambda i: {"id": f"r{i}", "digit": int(expected[i].argmax()),
            "probability": float(expected[i].max())})(next(rows)) for n in range(23 + len(numbers))]


def job(part, lines, *options):
    return run_job(lines, *options)[part]


check.close("Every row has its id, its digit and its probability, in order",
            [[a["digit"], a["probability"]] for a in job(0, job_lines(X_job), 8)],
            [[a["digit"], a["probability"]] for a in right([])], rtol=0, atol=1e-6)
check.equal("A bad line is told by its number, in its turn, and stops nothing",
            [(a.get("id"), a.get("line")) for a in job(0, job_lines(X_job, bad), 8)],
            [(a.get("id"), a.get("line")) for a in right(bad)], hint="Catch what json.loads and missing keys raise; is pixels a list?")
check.equal("Batches are full, but for the last one", job(1, job_lines(X_job, bad), 8), [8, 8, 7],
            hint="Bad lines do not count.")
check.equal("A batch that failed is sent again, twice", job(1, job_lines(X_job[:3]), 2, 2), [-2, -2, 2, 1])
check.raises("After three failures the error is passed on", ConnectionError, run_job, args=(job_lines(X_job), 8, 3))
check.equal("It holds one batch at a time", read_ahead(job_lines(X_job), 5), 5, hint="Do not turn lines into a list.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — The canary
#
# A new version that is better on the test set can still be worse for the world: other inputs, a bug on the way,
# slower answers. So it gets a small part of the traffic first, a *canary*. Two things have to be right. The same user
# always meets the same version: a page that changes at each click is worse than either. And a decision needs a
# rule that was there before the numbers.
#
# Who gets the canary follows from a *hash* of the user's name. Python's own `hash` will not do: for text it is another
# one in each process. `hashlib.sha256(text.encode()).digest()` is the same everywhere; its first 8 bytes, as a number
# divided by $2^{64}$, are as good as an even draw from 0…1. A user whose number is below the share gets the new
# version. Then nobody who has it loses it when the share grows. The *salt*, the name of the experiment, goes in
# front of the name, so that the next experiment does not meet the same people.
#
# Then errors are counted, e.g. digits that people corrected. With $k_o$ of $n_o$ and $k_n$ of $n_n$ errors for old and
# new, $p_o = k_o / n_o$, $p_n = k_n / n_n$:
#
# $$z = \frac{p_n - p_o}{\sqrt{p\,(1 - p)\,(1/n_o + 1/n_n)}}, \quad p = \frac{k_o + k_n}{n_o + n_n}; \qquad
# u = p_n - p_o + 2 \sqrt{\frac{p_o (1 - p_o)}{n_o} + \frac{p_n (1 - p_n)}{n_n}}$$
#
# **Task.**
#
# - `gets_canary(user, share, salt)` is True or False.
# - `decide(old, new)`, for pairs (errors, requests), returns `"roll back"` if $z > 3$; else `"promote"` if $u$,
#   the worst that is still plausible, is at most 0.01; else `"wait"`. While there are fewer than 100
#   requests for either of them, it waits. If nobody, or everybody, met an error, $z$ is 0.
# <!-- covers: 19.4 19.N3 -->

# %% answer="canary"
def gets_canary(user, share, salt):
    """Return whether a user (str) gets the new version, if a share (0 to 1) of all users does; salt is a str."""
    ### BEGIN SOLUTION
    digest = hashlib.sha256(f"{salt}{user}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share
    ### END SOLUTION


def decide(old, new):
    """Return "roll back", "promote" or "wait" for (errors, requests) of the old and of the new version."""
    ### BEGIN SOLUTION
    (k_old, n_old), (k_new, n_new) = old, new
    if min(n_old, n_new) < 100:
        return "wait"
    p_old, p_new, p = k_old / n_old, k_new / n_new, (k_old + k_new) / (n_old + n_new)
    spread = (p * (1 - p) * (1 / n_old + 1 / n_new)) ** 0.5
    if spread > 0 and (p_new - p_old) / spread > 3:
        return "roll back"
    doubt = (p_old * (1 - p_old) / n_old + p_new * (1 - p_new) / n_new) ** 0.5
    return "promote" if p_new - p_old + 2 * doubt <= 0.01 else "wait"
    ### END SOLUTION

# %% given="canary_tools"
def canaries(users, share, salt):
    """Return gets_canary for a list of users, as an array of bool."""
    return np.array([bool(gets_canary(user, share, salt)) for user in users])


def canaries_elsewhere(users, share, salt):
    """Return the same, found by another process that runs the cell of gets_canary."""
    imports, fresh = "import hashlib, json, re\nimport numpy as np", {**os.environ, "PYTHONHASHSEED": "random"}
    asked = f"print(json.dumps([bool(gets_canary(u, {share!r}, {salt!r})) for u in {users!r}]))"
    program = f"{imports}\n{cell_of(gets_canary)}\n{asked}"
    found = subprocess.run([sys.executable, "-c", program], env=fresh, capture_output=True, check=True)
    return np.array(json.loads(found.stdout.splitlines()[-1]))

# %% checks="canary_test" points=2
check.equal("Nobody gets a share of 0, everybody one of 1", [gets_canary("ada", share, "s") for share in (0.0, 1.0)],
            [False, True])
check.equal("Ten times as many errors are too many", decide((10, 1000), (100, 1000)), "roll back")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 canary"))
users, salt = [f"user-{i}" for i in rng.choice(10**7, 4000, replace=False)], f"exp{rng.integers(10**6)}"
few, more = canaries(users, 0.2, salt), canaries(users, 0.5, salt)
counts = [((int(rng.binomial(n, p)), int(n)), (int(rng.binomial(m, q)), int(m)))
          for n, m, p, q in zip(rng.integers(300, 20_000, 60), rng.integers(300, 20_000, 60),
                                rng.uniform(0.01, 0.2, 60), rng.uniform(0.01, 0.2, 60), strict=True)]
counts += [((a, 5000), (b, m)) for a, b, m in zip(rng.integers(200, 260, 60), rng.integers(90, 170, 60),
                                                  rng.integers(2000, 3000, 60), strict=True)]
counts += [((0, 5000), (0, 5000)), ((40, 40_000), (1600, 40_000)), ((400, 20_000), (440, 20_000)),
           ((20, 20_000), (0, 100)), ((600, 600), (700, 700)), ((3000, 6000), (200, 9000))]
small = [((0, 99), (90, 5000)), ((1, 5000), (60, 99)), ((0, 0), (0, 0)), ((5, 100), (80, 100))]


def by_rule(old, new):
    (a, n), (b, m) = old, new
    if n < 100 or m < 100:
        return "wait"
    p, q, r = a / n, b / m, (a + b) / (n + m)
    z = (q - p) / np.sqrt(r * (1 - r) * (1 / n + 1 / m)) if 0 < r < 1 else 0.0
    return "roll back" if z > 3 else "promote" if q - p + 2 * np.sqrt(p * (1 - p) / n + q * (1 - q) / m) <= 0.01 else "wait"


# Of 4000 users a share of 0.2 has a standard deviation of 0.006, one of 0.5 of 0.008.
check.close("The share of the users is the one asked for", [few.mean(), more.mean()], [0.2, 0.5], rtol=0, atol=0.04)
check.equal("Another process decides the same, and so does the next call",
            [canaries_elsewhere(users[:40], 0.5, salt).tolist(), canaries(users[:40], 0.5, salt).tolist()],
            [more[:40].tolist()] * 2, hint="hash() of a text is another number in each process.")
check.true("Whoever has the canary keeps it when the share grows", bool(np.all(more[few])),
           hint="Compare one number, which does not depend on the share, with the share.")
check.close("Another experiment draws anew", canaries(users, 0.5, salt + "b")[more].mean(), 0.5, rtol=0, atol=0.06,
            hint="The salt belongs into the text that is hashed.")
check.equal("Decisions follow the rule", [decide(*pair) for pair in counts], [by_rule(*pair) for pair in counts],
            weight=3, hint="z has the pooled share p, u the share of each; a large doubt speaks against promoting.")
check.equal("Without enough requests it waits", [decide(*pair) for pair in small], [by_rule(*pair) for pair in small],
            hint="Count first, so that nothing is divided by zero.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** Somebody has to look at it, too. `plot_canary(old, new)` gets two lists of pairs (errors, requests), one
# pair per day, and returns the Axes of a new figure with the *share* of errors, in per cent, of all requests
# *up to* each day (day 1 first): one line labelled `old`, one labelled `new`. Label both axes, add a legend, and
# begin the vertical axis at 0, so that a small difference looks small. Days before the first request of a version have
# no point in its line: leave a gap (NaN).
#
# Before you run the next cell: the new version began on day 4, at one request in ten. When would you have
# decided, and how?
# <!-- covers: 19.4 -->

# %% answer="plot"
def plot_canary(old, new):
    """Return an Axes with the shares of errors so far of both versions, each a list of (errors, requests) per day."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for label, pairs in (("old", old), ("new", new)):
        errors, requests = np.cumsum(np.array(pairs, float), axis=0).T
        shares = np.divide(100 * errors, requests, out=np.full(len(errors), np.nan), where=requests > 0)
        ax.plot(np.arange(1, len(shares) + 1), shares, marker="o", label=label)
    ax.set(xlabel="day", ylabel="errors so far (%)")
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax
    ### END SOLUTION

# %% checks="plot_test" points=1
days = np.random.default_rng(6)
old_days = [(int(days.binomial(900, 0.05)), 900) for _ in range(10)]
new_days = [(0, 0)] * 3 + [(int(days.binomial(100, 0.09)), 100) for _ in range(7)]
figure = plot_canary(old_days, new_days)
check.figure("Both axes say what is shown, and the legend names the versions", figure, xlabel=True, ylabel=True,
             legend=["old", "new"])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 plot"))
pairs = [[(int(rng.integers(1, 20)), int(rng.integers(100, 900))) for _ in range(8)] for _ in range(2)]
pairs[1][:2] = [(0, 0)] * 2
other, so_far = plot_canary(*pairs), [np.cumsum(part, axis=0) for part in pairs]
heights = [100 * so_far[0][:, 0] / so_far[0][:, 1], 100 * so_far[1][2:, 0] / so_far[1][2:, 1]]
check.figure("The old version's errors up to each day are drawn", other, lines=[(np.arange(1, 9), heights[0])],
             hint="Add up errors and requests, then divide; in per cent.")
drawn = {line.get_label(): np.array(line.get_xydata()) for line in other.get_lines()}
drawn = {label: points[np.isfinite(points[:, 1])] for label, points in drawn.items()}
check.close("The new version's line begins with its first request", drawn.get("new", np.zeros((1, 2))),
            np.column_stack([np.arange(3, 9), heights[1]]), rtol=1e-4, hint="No requests, no share: NaN, not 0.")
check.true("The vertical axis begins at 0, and there are two lines", bool(other.get_ylim()[0] == 0 and len(drawn) == 2))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Small enough for a telephone
#
# On a telephone or a sensor, what counts is the size of the download, memory and battery. *Quantisation* stores
# numbers in 8 bits in the place of 32. For weights it is symmetric: with a *scale* $s = \max|w| / 127$,
#
# $$q = \operatorname{round}(w / s) \in \{-127, \dots, 127\}, \qquad w \approx s\,q.$$
#
# One scale for a whole matrix (*per tensor*) suffers from a single large weight: all others get few of the 255 steps. A
# scale for each output neuron (*per channel*) costs a handful of numbers and does not. And then multiplication can be
# done in whole numbers, which is what small chips are good at: pixels are whole numbers anyway, so
# $\sum_i x_i q_{ij}$ is exact. It needs 32 bits: with 64 inputs it can reach two million.
#
# **Task.**
#
# - `quantise(W, per_channel)` for a matrix (inputs, outputs): returns `q` (int8, same shape) and the scale, a number of
#   shape (), or (1, outputs). Where all weights are 0, the scale is 1.
# - `whole_dense(X, q, scale, bias)` for X (rows, inputs) of uint8: $\sum_i x_i q_{ij}$ in int32, and only the
#   result becomes a float: times `scale` / 255, plus `bias`.
# <!-- covers: 19.1 19.N5 -->

# %% answer="quantise"
def quantise(W, per_channel=False):
    """Return (q, scale): int8 array like W (inputs, outputs), and floats of shape () or (1, outputs)."""
    ### BEGIN SOLUTION
    largest = np.abs(W).max(axis=0, keepdims=True) if per_channel else np.abs(W).max()
    scale = np.where(largest > 0, largest / 127, 1.0)
    return np.clip(np.round(W / scale), -127, 127).astype(np.int8), scale
    ### END SOLUTION


def whole_dense(X, q, scale, bias):
    """Return float (rows, outputs): X / 255 @ (q * scale) + bias, multiplied in whole numbers; X is uint8."""
    ### BEGIN SOLUTION
    sums = X.astype(np.int32) @ q.astype(np.int32)
    return sums * (scale / 255) + bias
    ### END SOLUTION

# %% given="quantise_tools"
def small_forward(weights, X, per_channel):
    """Return the outputs (rows, 10), before softmax, of a network whose two matrices are quantised."""
    W1, b1, W2, b2 = weights
    hidden = np.maximum(whole_dense(X, *quantise(W1, per_channel), b1), 0)
    q, scale = quantise(W2, per_channel)
    return hidden @ (q * scale) + b2


def loud(weights, neuron=0, factor=300):
    """Return the same network with one loud neuron: its inputs times factor, its outputs divided by it."""
    W1, b1, W2, b2 = (w.copy() for w in weights)
    W1[:, neuron], b1[neuron], W2[neuron] = W1[:, neuron] * factor, b1[neuron] * factor, W2[neuron] / factor
    return [W1, b1, W2, b2]

# %% given="quantise_demo"
for net, name in ((digit_net, "as trained"), (loud(digit_net), "with a loud neuron")):
    for per_channel in (False, True):
        right = np.mean(small_forward(net, X_new, per_channel).argmax(axis=1) == y_new)
        print(f"{name}, per {'channel' if per_channel else 'tensor'}: {right:.3f}")

# %% checks="quantise_test" points=2
q, scale = quantise(np.array([[0.5, -1.0], [0.25, 0.0]]))
check.equal("The largest weight becomes 127", np.asarray(q).tolist(), [[64, -127], [32, 0]],
            hint="Round to the nearest whole number.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 quantise"))
W = rng.normal(size=(200, 6)) * np.array([0.01, 0.3, 1.0, 0.0, 7.0, 0.05])
W[0, 2], W[5, 4], bias = 9.0, -30.0, rng.normal(size=6)
Q_any, X_any = rng.integers(-127, 128, (200, 6)).astype(np.int8), rng.integers(0, 256, (9, 200)).astype(np.uint8)
Q_any[:, 0], X_any[0], scales = 127, 255, rng.uniform(0.001, 0.1, (1, 6))
X_more, y_more = make_scans(600, datasets.hidden_seed("ch19 small scans"), "new")
largest = {False: np.abs(W).max(), True: np.where(np.arange(6) == 3, 127.0, np.abs(W).max(axis=0))[None]}


def found(per_channel):
    q, scale = quantise(W, per_channel)
    return np.asarray(q), np.asarray(scale)


check.equal("Weights become int8, and the scale has the right shape",
            [[str(a.dtype) for a in found(p)[:1]] + [a.shape for a in found(p)] for p in (False, True)],
            [["int8", (200, 6), ()], ["int8", (200, 6), (1, 6)]])
check.close("Per tensor: the scale is the largest weight / 127, and no weight is off by more than half of it",
            [found(False)[1], float(np.abs(found(False)[0] * found(False)[1] - W).max() <= largest[False] / 253.9)],
            [largest[False] / 127, 1.0], rtol=1e-4, hint="Symmetric: the largest absolute value counts.")
check.close("Per channel: the same in each column, and a column of zeros is no trouble",
            [found(True)[1], (np.abs(found(True)[0] * found(True)[1] - W) <= largest[True] / 253.9).mean()],
            [largest[True] / 127, 1], rtol=1e-4, hint="A column belongs to one output. Where all is 0 the scale is 1.")
check.close("Products of whole numbers are added up without overflow", whole_dense(X_any, Q_any, scales, bias),
            X_any.astype(float) / 255 @ (Q_any * scales) + bias, rtol=1e-5, hint="Turn both into int32 first.")
check.score("With 8 bits the network is as good as with 32", y_more,
            small_forward(digit_net, X_more, False).argmax(axis=1), at_least=0.97,
            baseline=forward(digit_net, X_more).argmax(axis=1))
check.score("Per channel, a loud neuron does little harm", y_more,
            small_forward(loud(digit_net, 0, 1000), X_more, True).argmax(axis=1), at_least=0.93,
            baseline=forward(digit_net, X_more).argmax(axis=1), hint="One scale for each column.")
### END HIDDEN TESTS

# %% [markdown]
# ### TensorFlow Lite
#
# *TensorFlow Lite*, now also called LiteRT, is a small interpreter for telephones and microcontrollers, and a file
# format. A converter turns a SavedModel into such a file, and can quantise on the way:
#
# ```
# converter = tf.lite.TFLiteConverter.from_saved_model(folder)
# converter.optimizations = [tf.lite.Optimize.DEFAULT]            # quantise large weights
# converter.representative_dataset = examples                     # and all in between:
# converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
# content = converter.convert()                                   # bytes
# ```
#
# Weights are known; how large the values *between* layers get is seen on examples. `examples` is a function; it yields
# some hundred times a list of one input each, of the shape and type of the signature, with one row: `[row]`. They
# must look like what the telephone will see: ranges found on other data cut off what is outside.
#
# `tf.lite.Interpreter(model_content=content).get_signature_runner()` returns a function: called with the inputs by
# name, it returns a dict of outputs. (In new programs, take the interpreter of the package `ai-edge-litert`.)
#
# For the browser there is TensorFlow.js: `tensorflowjs_converter` turns a SavedModel into a JSON file and pieces of
# weights, also in 16 or 8 bits, and the model runs in the page, on its GPU. Nothing leaves the device.
#
# **Task.** `to_lite(folder, kind, samples)` converts the SavedModel in a folder. `kind` is `"float"` (nothing
# quantised), `"weights"`, or `"int8"` (everything; `samples`, an array (rows, 64) of uint8, has the examples: use
# the first 100). `lite_predict(content, X)` returns the probabilities for all rows of X at once.
# <!-- covers: 19.1 19.N5 19.N6 -->

# %% answer="lite"
def to_lite(folder, kind, samples):
    """Return the bytes of a TensorFlow Lite file, for a SavedModel with the input pixels, (rows, 64) of uint8."""
    ### BEGIN SOLUTION
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "int8":
        converter.representative_dataset = lambda: ([row[None]] for row in samples[:100])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()
    ### END SOLUTION


def lite_predict(content, X):
    """Return the output probabilities, an array (rows, outputs), of a file's bytes for X (rows, 64) of uint8."""
    ### BEGIN SOLUTION
    runner = tf.lite.Interpreter(model_content=content).get_signature_runner()
    return runner(pixels=X)["probabilities"]
    ### END SOLUTION

# %% given="lite_tools"
def saved_net(weights, folder):
    """Write a network as a SavedModel with the input pixels (uint8) and the output probabilities."""
    model, archive = keras_net(weights), keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", lambda pixels: {"probabilities": model(tf.cast(pixels, tf.float32) / 255)},
                         input_signature=[tf.TensorSpec((None, 64), tf.uint8, name="pixels")])
    archive.write_out(folder, verbose=False)


def lite_files(weights, samples, kinds=("float", "weights", "int8")):
    """Return {kind: content} of a network."""
    with tempfile.TemporaryDirectory() as folder:
        saved_net(weights, folder)
        return {kind: to_lite(folder, kind, samples) for kind in kinds}


def int8_parts(content):
    """Return how many tensors of a file are int8: weights, and values between layers."""
    return sum(t["dtype"] == np.int8 for t in tf.lite.Interpreter(model_content=content).get_tensor_details())

# %% checks="lite_test" points=2
small_file = lite_files(digit_net, X_scans, ["int8"])["int8"]
check.close("In 8 bits the file says nearly what the network says", lite_predict(small_file, X_new[:5]),
            forward(digit_net, X_new[:5]), rtol=0, atol=0.15)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 lite"))
wide = [rng.normal(0, d, s).astype(np.float32) for d, s in ((0.2, (64, 256)), (0.2, 256), (0.1, (256, 9)), (0.2, 9))]
X_any, memo = rng.integers(0, 256, (40, 64)).astype(np.uint8), {}
X_phone, y_phone = make_scans(600, datasets.hidden_seed("ch19 telephone"), "new")


def files():
    if not memo:
        memo.update(lite_files(wide, X_any))
    return memo


def sizes():
    return [len(files()[kind]) / len(files()["float"]) for kind in ("weights", "int8")]


check.close("Without quantisation any network says what it said", lite_predict(files()["float"], X_any),
            forward(wide, X_any), rtol=1e-3, atol=1e-4)
check.true("Quantised, the files are less than half as large", bool(max(sizes()) < 0.45),
           hint="converter.optimizations")
check.true("Only with kind int8 the values between layers are int8 as well",
           int8_parts(files()["float"]) == 0 and 0 < int8_parts(files()["weights"]) < int8_parts(files()["int8"]))
check.close("Quantised probabilities are nearly the same", [lite_predict(files()[k], X_any) for k in ("weights", "int8")],
            [forward(wide, X_any)] * 2, rtol=0, atol=0.12, hint="Does the converter see the samples it is given?")
check.score("In 8 bits digits are recognised as before", y_phone,
            lite_predict(small_file, X_phone).argmax(axis=1), at_least=0.97,
            baseline=forward(digit_net, X_phone).argmax(axis=1), hint="Take the examples from samples.")
check.faster("All rows are predicted at once", lite_predict, times=3, repeats=3,
             inputs=lambda seed: (small_file, make_scans(40_000, seed)[0]),
             agrees=lambda a, b: np.allclose(a, b, atol=1e-4))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Half precision
#
# GPUs multiply 16-bit numbers several times faster than 32-bit ones, and they take half the memory. But float16 has 10
# bits for the digits and 5 for the exponent. A weight of 1 does not change if one adds 0.0004 to it, and what is below
# $6 \cdot 10^{-8}$ is 0. *Mixed precision* has three parts:
#
# 1. Forward and backward pass are done in float16; the weights themselves stay in float32 (*master weights*), and are
#    rounded for each pass.
# 2. *Loss scaling*: the loss is multiplied by a large number, so the gradients do not vanish on their way; the
#    gradients, converted to float32, are divided by it again.
# 3. The scale is found while training. If a gradient is infinite or NaN, the step is left out and the scale halved.
#    After `patience` good steps in a row it is doubled, and counting begins anew, as after each bad step.
#
# `bfloat16` has 8 bits for the exponent, as many as float32, and 7 for the digits. It needs no loss scaling.
#
# **Task.** Complete `LossScale`. Then write `train_half`: softmax regression from zero weights, by plain gradient steps
# over batches of 50 rows, in order, with your `LossScale()`. `half_gradients` is given: its loss is *a millionth* of
# the cross-entropy, as when one term of several counts little, and it computes in float16.
# <!-- covers: 19.3 19.N12 -->

# %% given="half"
def half_gradients(weights, X, y, scale):
    """Return float16 gradients of scale * loss for weights [W (64, 10), b (10,)], X (rows, 64) in 0..1, digits y."""
    with np.errstate(over="ignore", invalid="ignore"):
        X, W, b = (np.asarray(a, np.float16) for a in (X, *weights))
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        slope = (e / e.sum(axis=1, keepdims=True) - np.eye(10, dtype=np.float16)[y]) * np.float16(scale * 1e-6 / len(y))
        return [X.T @ slope, slope.sum(axis=0)]

# %% answer="half_training"
class LossScale:
    """Dynamic loss scaling for plain gradient descent; self.scale is what the loss is multiplied by."""

    def __init__(self, start=2.0**40, patience=200):
        self.scale, self.patience, self.good = start, patience, 0

    def step(self, weights, gradients, rate):
        """Return new float32 weights, for float16 gradients of scale * loss; lists of arrays. Adapts the scale."""
        ### BEGIN SOLUTION
        if not all(np.isfinite(g).all() for g in gradients):
            self.scale, self.good = self.scale / 2, 0
            return weights
        steps = [np.float32(rate) * g.astype(np.float32) / np.float32(self.scale) for g in gradients]
        self.good += 1
        if self.good == self.patience:
            self.scale, self.good = self.scale * 2, 0
        return [w - step for w, step in zip(weights, steps, strict=True)]
        ### END SOLUTION


def train_half(X, y, epochs=15, rate=5e5):
    """Return [W (64, 10), b (10,)], float32, for X (rows, 64) in 0..1 and digits y (rows,)."""
    ### BEGIN SOLUTION
    weights, scaler = [np.zeros((64, 10), np.float32), np.zeros(10, np.float32)], LossScale()
    for _ in range(epochs):
        for i in range(0, len(X), 50):
            gradients = half_gradients(weights, X[i : i + 50], y[i : i + 50], scaler.scale)
            weights = scaler.step(weights, gradients, rate)
    return weights
    ### END SOLUTION

# %% given="half_tools"
def scaled_steps(start, patience, weights, all_gradients, rate):
    """Return the weights and the scale after each of several steps, lists of arrays and of numbers."""
    scaler, found, scales = LossScale(start, patience), [], []
    for gradients in all_gradients:
        weights = scaler.step(weights, gradients, rate)
        found.append([np.asarray(w) for w in weights])
        scales.append(float(scaler.scale))
    return found, scales

# %% checks="half_test" points=1
check.close("A gradient of 8 with scale 4 and rate 0.5 is a step of 1",
            scaled_steps(4.0, 9, [np.ones(2, np.float32)], [[np.array([8, 0], np.float16)]], 0.5)[0][0][0], [0.0, 1.0])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 half"))
start = [rng.normal(size=s).astype(np.float32) for s in ((3, 2), 2)]
series = [[rng.normal(0, 9, s).astype(np.float16) for s in ((3, 2), 2)] for _ in range(12)]
series[4][1][0], series[5][0][1, 1], patience = np.inf, np.nan, 3
weights_right, scales_right, w, scale, good = [], [], start, 2.0**20, 0
for pair in series:
    if all(np.isfinite(g).all() for g in pair):
        w, good = [a - 0.7 * g.astype(np.float64) / scale for a, g in zip(w, pair, strict=True)], good + 1
        scale, good = (scale * 2, 0) if good == patience else (scale, good)
    else:
        scale, good = scale / 2, 0
    weights_right.append(w)
    scales_right.append(scale)
moved = [[a - b for a, b in zip(after, start, strict=True)] for after in weights_right]


def moves():
    found = scaled_steps(2.0**20, patience, start, series, 0.7)[0]
    return [[a - b for a, b in zip(after, start, strict=True)] for after in found]


def kinds():
    return [[str(a.dtype) for a in after] for after in scaled_steps(8.0, 2, start, series, 0.1)[0]]


X_half, y_half = make_scans(800, datasets.hidden_seed("ch19 half scans"), "new")
check.close("The scale halves after each bad step and doubles after enough good ones in a row",
            scaled_steps(2.0**20, patience, start, series, 0.7)[1], scales_right,
            hint="Every bad step, and every doubling, begins the count anew.")
check.close("A step with a gradient that is not finite changes no weight, the others are not lost", moves(), moved,
            rtol=0.02, atol=3e-7, hint="All or none of the weights; infinity is not NaN, ask np.isfinite.")
check.equal("The weights stay float32", kinds(), [["float32"] * 2] * 12)
check.close("Small gradients survive the division",
            scaled_steps(2.0**30, 9, [np.zeros(2, np.float32)], [[np.array([0.01, 2], np.float16)]], 1e9)[0][0][0],
            np.array([-0.01, -2.0]) * 1e9 / 2**30, rtol=1e-2, hint="Convert to float32 first, then divide.")
check.score("Trained in half precision, digits are recognised", y_half,
            forward([np.eye(64), 0.0, *train_half(X_scans / 255, y_scans)], X_half).argmax(axis=1), at_least=0.9,
            baseline=forward(digit_net, X_half).argmax(axis=1), hint="Pass the scale on, and let it adapt.")
### END HIDDEN TESTS

# %% [markdown]
# ### With Keras
#
# Keras calls it a *policy*: `mixed_float16` computes in float16 and keeps variables in float32. It can be set for all
# (`keras.mixed_precision.set_global_policy`), or for one layer: `Dense(10, dtype="mixed_float16")`. Leave the
# output in float32: softmax and loss need the range. `fit` adds the loss scaling by itself; in a loop of your own, or
# to choose its start, wrap the optimizer: `keras.optimizers.LossScaleOptimizer(inner, initial_scale=...)`.
#
# **Task.** `mixed_model(policy, hidden)` returns a compiled network for (rows, 64): one ReLU layer per entry of
# `hidden`, and a Dense layer with 10 outputs, all with the policy; then a softmax in float32. Adam with the rate
# 0.01; for `mixed_float16`, and only then, it is wrapped and starts with the scale $2^{12}$. The loss is
# `sparse_categorical_crossentropy`. Models that are made afterwards must not be changed by yours: leave the global
# policy as it is.
# <!-- covers: 19.3 19.N12 -->

# %% answer="mixed"
def mixed_model(policy, hidden=(32,)):
    """Return a compiled Keras model (rows, 64) -> (rows, 10); policy is float32, mixed_float16 or mixed_bfloat16."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.layers.Input((64,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", dtype=policy))
    model.add(keras.layers.Dense(10, dtype=policy))
    model.add(keras.layers.Activation("softmax", dtype="float32"))
    optimizer = keras.optimizers.Adam(0.01)
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**12)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer)
    return model
    ### END SOLUTION

# %% given="mixed_tools"
def described(policy, hidden, X):
    """Return what is to be seen of mixed_model: types, layers, optimizer, outputs for X."""
    model = mixed_model(policy, hidden)
    dense, outputs = [x for x in model.layers if isinstance(x, keras.layers.Dense)], np.asarray(model(X))
    optimizer = model.optimizer
    scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    inner = optimizer.inner_optimizer if scaled else optimizer
    return {"policies": [x.dtype_policy.name for x in dense], "units": [x.units for x in dense], "outputs": outputs,
            "variables": sorted({w.dtype for w in model.weights}), "global": keras.config.dtype_policy().name,
            "type": str(outputs.dtype), "scale": float(optimizer.initial_scale) if scaled else None,
            "adam": [type(inner).__name__, round(float(inner.learning_rate), 6)],
            "loss": getattr(model.loss, "name", getattr(model.loss, "__name__", model.loss)),
            "relu": [x.activation.__name__ for x in dense[:-1]]}

# %% checks="mixed_test" points=1
check.shape("There are ten probabilities for each row", described("mixed_bfloat16", (8,), X_new[:3] / 255)["outputs"],
            (3, 10))

### BEGIN HIDDEN TESTS
rng, kinds, mixed = np.random.default_rng(datasets.hidden_seed("ch19 mixed")), ("float32", "mixed_float16",
                                                                                "mixed_bfloat16"), {}
rows = rng.uniform(0, 1, (5, 64)).astype(np.float32)
hidden = [int(n) for n in rng.integers(5, 20, 2)]


def told(*names):
    if not mixed:
        mixed.update({kind: described(kind, hidden, rows) for kind in kinds})
    return [[mixed[kind][name] for kind in kinds] for name in names]


check.equal("Every Dense layer has the policy, and the sizes asked for", told("policies", "units", "relu"),
            [[[kind] * 3 for kind in kinds], [[*hidden, 10]] * 3, [["relu"] * 2] * 3])
check.equal("All variables are float32, and so are the outputs", told("variables", "type"),
            [[["float32"]] * 3, ["float32"] * 3], hint="The softmax layer has dtype float32.")
check.close("The outputs are probabilities to six digits", [outputs.sum(axis=1) for outputs in told("outputs")[0]],
            np.ones((3, 5)), rtol=0, atol=2e-6, hint="A softmax in float16 has three digits.")
check.equal("Only float16 scales the loss", told("scale"), [[None, 4096.0, None]])
check.equal("The model is compiled as asked", told("adam", "loss"),
            [[["Adam", 0.01]] * 3, ["sparse_categorical_crossentropy"] * 3])
check.equal("The global policy is as before", told("global"), [["float32"] * 3],
            hint="Give each layer its dtype.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Many devices
#
# More rows than one device can go through: give each device a copy of the network and a part of each batch (*data
# parallelism*). A network too large for one device has to be cut instead (*model parallelism*); cut into groups of
# layers, with several small batches under way so that nobody waits long, it is *pipeline parallelism*.
#
# In data parallelism each device, a *replica*, computes a gradient, and all of them need the *sum*. For the sum
# to be the gradient of the whole batch, each replica divides by the size of the *global* batch, not of its own part
# (parts may differ), and what does not depend on rows, such as an ℓ2 penalty, is divided by the number of
# replicas. Batch normalisation is the exception: each replica uses the statistics of its own rows, unless it is told
# to synchronise them.
#
# If every replica sent its gradient to one of them, that one would be the bottleneck. In a *ring* of $n$ replicas
# nobody is: cut the vector into $n$ chunks. In each of $n-1$ rounds, every replica sends one chunk to the next, which
# adds it to its own; then each has one chunk that is complete. In $n-1$ more rounds the complete chunks go round. Each
# sends $2(n-1)/n$ of the vector, however many replicas there are.
#
# **Task.**
#
# - `replica_gradient`: for the loss $\frac{1}{N} \sum_i (\mathbf x_i^\top \mathbf w - y_i)^2 +
#   \lambda \lVert \mathbf w \rVert^2$ over a global batch of $N$ rows, what one of several replicas contributes.
# - `ring_all_reduce(vectors)` plays it through: chunks by `np.array_split`; it returns what each replica has in the end,
#   and how many numbers each has sent. The vectors passed in stay as they are.
# <!-- covers: 19.3 19.N8 -->

# %% answer="parallel"
def replica_gradient(w, X, y, l2, global_batch, replicas):
    """Return this replica's part (features,) of the gradient; X (rows, features) and y (rows,) are its own rows."""
    ### BEGIN SOLUTION
    return 2 / global_batch * X.T @ (X @ w - y) + 2 * l2 / replicas * w
    ### END SOLUTION


def ring_all_reduce(vectors):
    """Return (sums, sent): a list of arrays like vectors, each the sum of all, and a list of int, numbers sent."""
    ### BEGIN SOLUTION
    n = len(vectors)
    chunks = [[part.copy() for part in np.array_split(np.asarray(v), n)] for v in vectors]
    sent = [0] * n
    for step in range(2 * (n - 1)):
        out = [(step, i, (i - step) % n if step < n - 1 else (i + 1 - (step - n + 1)) % n) for i in range(n)]
        messages = [chunks[i][c] for _, i, c in out]
        for (_, i, c), message in zip(out, messages, strict=True):
            there = (i + 1) % n
            chunks[there][c] = chunks[there][c] + message if step < n - 1 else message.copy()
            sent[i] += len(message)
    return [np.concatenate(parts) for parts in chunks], sent
    ### END SOLUTION

# %% checks="parallel_test" points=2
ring_sums, ring_sent = ring_all_reduce([np.arange(4.0), np.ones(4)])
check.close("Two replicas have the sum in the end", ring_sums, [np.arange(4.0) + 1] * 2)
check.close("One replica alone has the whole gradient",
            replica_gradient(np.ones(2), np.eye(2), np.zeros(2), 0.5, 2, 1), [2.0, 2.0])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 parallel"))
X_all, y_all, w_all = rng.normal(size=(41, 5)), rng.normal(size=41), rng.normal(size=5)
cuts = {"even": [10, 20, 30], "uneven": [3, 25, 26], "empty": [0, 17, 41], "two": [33]}
whole = 2 / 41 * X_all.T @ (X_all @ w_all - y_all)


def added(cut, l2):
    parts = zip(np.split(X_all, cut), np.split(y_all, cut), strict=True)
    return sum(np.asarray(replica_gradient(w_all, X, y, l2, 41, len(cut) + 1)) for X, y in parts)


def rings():
    return [[rng.normal(size=length) for _ in range(n)] for n, length in ((1, 4), (2, 9), (3, 12), (5, 23), (4, 2))]


cases, vectors = rings(), [rng.normal(size=8) for _ in range(3)]
sums = [[np.sum(case, axis=0)] * len(case) for case in cases]
check.close("The parts add up to the gradient of the whole batch, even or not",
            [added(cut, 0.0) for cut in cuts.values()], [whole] * 4, rtol=1e-6,
            hint="Divide by the size of the global batch; a mean of means is another thing if parts differ.")
check.close("So do the penalties", [added(cut, 0.3) for cut in cuts.values()], [whole + 0.6 * w_all] * 4, rtol=1e-6,
            hint="Each replica adds its share of the penalty.")
check.close("After the ring everybody has the sum, for any number of replicas and any length",
            [ring_all_reduce(case)[0] for case in cases], sums, rtol=1e-6,
            hint="Chunks are counted modulo n: after the last one comes the first.")
check.equal("Together they send 2 (n - 1) vectors",
            [sum(ring_all_reduce(case)[1]) for case in cases], [2 * (len(c) - 1) * len(c[0]) for c in cases],
            hint="Chunks are sent, not vectors.")
check.true("Nobody sends more than its share", bool(all(
    max(ring_all_reduce(case)[1]) <= 2 * (len(case) - 1) * -(-len(case[0]) // len(case)) for case in cases)))
check.unchanged("The vectors passed in stay as they are", ring_all_reduce, args=(vectors,))
### END HIDDEN TESTS

# %% [markdown]
# ### The same with TensorFlow
#
# | `tf.distribute` strategy | where the weights are | steps |
# |---|---|---|
# | `MirroredStrategy` | a copy on each GPU of one machine | together, gradients summed |
# | `experimental.CentralStorageStrategy` | once, in the memory of one machine's CPU; its GPUs compute | together |
# | `MultiWorkerMirroredStrategy` | a copy on each GPU of several machines | together |
# | `ParameterServerStrategy` | on parameter servers; workers fetch them and send gradients | each when it is ready |
#
# Who steps together is as fast as the slowest. Who does not computes gradients for weights that have changed meanwhile
# (*stale* gradients).
#
# Everything with variables, so model and optimizer, is made inside `with strategy.scope():`. Then `fit` does the
# rest. Its `batch_size` is the *global* one: it is cut into `strategy.num_replicas_in_sync` parts. (Whoever makes
# batches larger by adding devices takes fewer steps per epoch, and usually raises the learning rate.)
#
# **Task.** `fit_mirrored` trains a network with one hidden ReLU layer of 32 neurons and a softmax over 10 outputs,
# under the strategy passed in, with the same number of rows per *replica* in each step. Adam with a learning rate of
# 0.01 will do. Return the model. Export it as if it had one device: `get_weights` reads one copy.
# <!-- covers: 19.3 19.N8 19.N9 -->

# %% answer="mirrored"
def fit_mirrored(strategy, X, y, epochs, batch_per_replica):
    """Return a Keras model trained under a strategy on X (rows, 64) in 0..1 and digits y (rows,)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(6)
    with strategy.scope():
        model = keras.Sequential([keras.layers.Input((64,)), keras.layers.Dense(32, activation="relu")])
        model.add(keras.layers.Dense(10, activation="softmax"))
        model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    global_batch = batch_per_replica * strategy.num_replicas_in_sync
    model.fit(X, y, batch_size=global_batch, epochs=epochs, verbose=0)
    return model
    ### END SOLUTION

# %% given="mirrored_tools"
def mirrored(devices, X, y, epochs, batch_per_replica):
    """Run fit_mirrored on logical CPUs; return copies of each variable, their differences, steps, one copy."""
    strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(devices)])
    model = fit_mirrored(strategy, (X / 255).astype(np.float32), y, epochs, batch_per_replica)
    copies = [getattr(v.value, "values", (v.value,)) for v in model.trainable_variables]
    apart = max(float(np.abs(c.numpy() - parts[0].numpy()).max()) for parts in copies for c in parts)
    return {"copies": [len(parts) for parts in copies], "apart": apart, "weights": model.get_weights(),
            "steps": int(model.optimizer.iterations.numpy())}

# %% given="mirrored_run"
two = None
two = mirrored(2, X_scans, y_scans, epochs=5, batch_per_replica=100)

# %% checks="mirrored_test" points=1
check.true("The cell above has trained a network on two devices", two is not None)
check.equal("Each variable has two copies", two["copies"], [2, 2, 2, 2], hint="Make model and optimizer in the scope.")

### BEGIN HIDDEN TESTS
X_wide, y_wide = make_scans(600, datasets.hidden_seed("ch19 mirrored"), "new")
check.equal("100 rows on each of two devices: 8 steps in each of five epochs", two["steps"], 40,
            hint="batch_size of fit is the global one.")
check.equal("Each variable has two copies, which are the same after training", [two["copies"], two["apart"] == 0],
            [[2] * 4, True], hint="Make model and optimizer in the scope.")
check.equal("The weights have the shapes asked for", [w.shape for w in two["weights"]],
            [(64, 32), (32,), (32, 10), (10,)])
check.score("Trained on two devices, digits are recognised", y_wide,
            forward(two["weights"], X_wide).argmax(axis=1) if len(two["weights"]) == 4 else np.zeros(600),
            at_least=0.92, baseline=forward(digit_net, X_wide).argmax(axis=1))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — A cluster
#
# In a cluster all machines run the same program. Each finds out from the environment variable `TF_CONFIG` who is
# there and who it is itself:
#
# ```
# {"cluster": {"worker": ["a:2222", "b:2222", "c:2222"], "ps": ["d:2222"]}, "task": {"type": "worker", "index": 1}}
# ```
#
# *Workers* train. *Parameter servers* (`ps`) keep weights. An *evaluator* tests now and then, and belongs to no
# cluster. One of those who train is the *chief*: it also writes checkpoints and logs. If there is a job called
# `chief`, its only task is the chief, and trains like a worker. Otherwise worker 0 is it. Without
# `TF_CONFIG` (the text is empty) there is one machine: worker 0, and chief.
#
# Each of those who train reads its own rows: with $n$ of them, the chief's job first, then the workers, number $k$
# reads rows $k$, $k+n$, $k+2n$, … (`dataset.shard(n, k)` does that).
#
# **Task.** `role_of(tf_config)` returns a dict with `type`, `index`, `chief` (bool), and `training`: how many train.
# `rows_of(tf_config, m)` returns the list of this machine's rows, from 0 to m − 1; for who does not train, it is
# empty.
# <!-- covers: 19.3 19.N9 19.N10 -->

# %% answer="cluster"
def role_of(tf_config):
    """Return {"type": str, "index": int, "chief": bool, "training": int} for the text of TF_CONFIG."""
    ### BEGIN SOLUTION
    config = json.loads(tf_config or '{"cluster": {"worker": [""]}, "task": {"type": "worker", "index": 0}}')
    cluster, kind, index = config["cluster"], config["task"]["type"], config["task"]["index"]
    chief = kind == ("chief" if cluster.get("chief") else "worker") and index == 0
    training = len(cluster.get("chief", [])) + len(cluster.get("worker", []))
    return {"type": kind, "index": index, "chief": chief, "training": training}
    ### END SOLUTION


def rows_of(tf_config, m):
    """Return the list of row numbers, of m rows, that this machine reads."""
    ### BEGIN SOLUTION
    role = role_of(tf_config)
    if role["type"] not in ("chief", "worker"):
        return []
    chiefs = len(json.loads(tf_config)["cluster"].get("chief", [])) if tf_config else 0
    first = role["index"] + (chiefs if role["type"] == "worker" else 0)
    return list(range(first, m, role["training"]))
    ### END SOLUTION

# %% given="cluster_tools"
def config_of(kind, index, **jobs):
    """Return the text of TF_CONFIG for a machine in a cluster with so many machines in each job."""
    cluster = {job: [f"{job}{i}.example:2222" for i in range(n)] for job, n in jobs.items()}
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})

# %% checks="cluster_test" points=1
check.equal("Worker 1 of 3 is not the chief", role_of(config_of("worker", 1, worker=3)),
            {"type": "worker", "index": 1, "chief": False, "training": 3})
check.equal("It reads every third row", rows_of(config_of("worker", 1, worker=3), 8), [1, 4, 7])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch19 cluster"))
m, n = int(rng.integers(20, 40)), int(rng.integers(3, 7))
plain = [config_of("worker", i, worker=n) for i in range(n)]
led = [config_of("chief", 0, chief=1, worker=n, ps=2), *(config_of("worker", i, chief=1, worker=n, ps=2) for i in range(n))]
others = [config_of("ps", 0, worker=n, ps=2), config_of("ps", 1, chief=1, worker=n, ps=2),
          config_of("evaluator", 0, worker=n)]
check.equal("Without a job for it, worker 0 is the chief; else the chief is",
            [[role_of(text)["chief"] for text in texts] for texts in (plain, led, others)],
            [[True] + [False] * (n - 1), [True] + [False] * n, [False] * 3], hint="A ps with index 0 is no chief.")
check.equal("Those who train are counted", [role_of(texts[0])["training"] for texts in (plain, led)], [n, n + 1],
            hint="Parameter servers and evaluators do not train, the chief does.")
check.equal("Every row is read by one machine", [[rows_of(text, m) for text in texts] for texts in (plain, led)],
            [[list(range(k, m, n)) for k in range(n)], [list(range(k, m, n + 1)) for k in range(n + 1)]],
            hint="With a chief, worker 0 is the second who trains.")
check.equal("Parameter servers and evaluators read none", [rows_of(text, m) for text in others], [[]] * 3)
check.equal("Without TF_CONFIG there is one machine", [role_of(""), rows_of("", 4)],
            [{"type": "worker", "index": 0, "chief": True, "training": 1}, [0, 1, 2, 3]])
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — What runs where, and what it costs
#
# **Memory of a GPU.** TensorFlow takes nearly all memory of all GPUs it sees at once. A second program then finds
# none. Give each its own GPU (`CUDA_VISIBLE_DEVICES=1`), let memory grow with the need
# (`tf.config.experimental.set_memory_growth`), or cut a GPU into logical devices with a limit each, as the setup cell
# did with the CPU; all of that before the first operation. Training with Adam keeps four numbers per weight: the
# weight, its gradient and two moments; the values between layers, which the way back needs, come on top and grow with
# the batch.
#
# **Placement.** An operation runs on the first GPU if there is one and it has code for it (texts, for example, stay
# on the CPU), unless `with tf.device("CPU:0"):` says something else. Operations that do not depend on each other
# run at the same time, on different devices and on several cores. Feeding data is work for the CPU.
#
# **In the cloud.** On Vertex AI, a model is uploaded as a SavedModel. An *endpoint* keeps machines running that answer
# at once, and can split the traffic between versions; *batch prediction* has machines only while a file is worked off. A
# *training job* runs your program on the machines you ask for, and sets `TF_CONFIG`. A *tuning job* runs many
# trials with different hyperparameters: the program gets them as arguments and reports its metric. Trials
# at random can all run at the same time. Bayesian ones learn from those before them, so fewer at a time do better.
# Keras Tuner does the same on your own machines; several of them share a chief that hands out trials.
#
# *Successive halving*, which Hyperband uses, tries many settings for a short time, and goes on with the best:
# with 27 settings and a factor of 3, all get 1 epoch, the best 9 get 3 epochs, the best 3 get 9, the best one gets 27.

# %% [markdown]
# **Task.** Fill in the four dicts.
#
# - `STRATEGIES`: one of `mirrored`, `central storage`, `multi-worker mirrored`, `parameter server`.
# - `PARALLEL`: one of `data`, `model`, `pipeline`.
# - `TOOLS`: one of `SavedModel`, `TFLite`, `TFJS`, `gRPC`, `REST`, `endpoint`, `batch prediction`, `tuning job`.
# - `NUMBERS`: numbers.
# - `STATEMENTS`: `True` or `False`.
#
# a: By default, TensorFlow takes only as much of a GPU's memory as it needs.
# b: An operation without code for the GPU makes the program fail, even if there is a CPU.
# c: Logical devices have to be set up before the first operation.
# d: With asynchronous steps a gradient may belong to weights that have changed meanwhile.
# e: Under `MirroredStrategy`, batch normalisation sees the whole global batch if nothing is said.
# f: A Bayesian search gains the most from running all trials at the same time.
# g: Removing the newest version's folder is a way to take it back.
# h: A better result on the test set makes a canary unnecessary.
# i: bfloat16 needs loss scaling as much as float16.
# <!-- covers: 19.1 19.2 19.3 19.4 19.N2 19.N4 19.N6 19.N7 19.N8 19.N9 19.N11 19.N12 -->

# %% answer="concepts"
STRATEGIES = {"four GPUs in one machine, each with all weights": None,
              "four GPUs in one machine, the weights once, beside the CPU": None,
              "eight machines with two GPUs each, in step": None,
              "fifty machines, some slow, nobody waits": None}
PARALLEL = {"one layer's matrix is too large for a GPU": None, "more rows than one GPU can go through": None,
            "layers 1 to 20 here, 21 to 40 there, four small batches under way": None}
TOOLS = {"a model in the page of a browser": None, "a model on a sensor without operating system": None,
         "answers for an app, at any moment": None, "forty million old letters, until Monday": None,
         "a hundred learning rates": None, "a request that any language can write by hand": None,
         "many small requests between two of your own programs": None, "what a server loads": None}
NUMBERS = {"bytes for 100 million float32 weights in training with Adam, without what is between layers": None,
           "megabytes each of 8 GPUs sends in a ring, for 400 MB of gradients": None,
           "epochs in all, for successive halving as above, each time from the start": None,
           "steps per epoch for 60,000 rows, with 4 replicas and 25 rows each": None}
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
### BEGIN SOLUTION
STRATEGIES = dict(zip(STRATEGIES, ("mirrored", "central storage", "multi-worker mirrored", "parameter server"),
                      strict=True))
PARALLEL = dict(zip(PARALLEL, ("model", "data", "pipeline"), strict=True))
TOOLS = dict(zip(TOOLS, ("TFJS", "TFLite", "endpoint", "batch prediction", "tuning job", "REST", "gRPC", "SavedModel"),
                 strict=True))
NUMBERS = dict(zip(NUMBERS, (16 * 10**8, 700, 108, 600), strict=True))
STATEMENTS = {letter: letter in "cdg" for letter in "abcdefghi"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*STRATEGIES.values(), *PARALLEL.values(), *TOOLS.values(),
                                                    *NUMBERS.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Which strategy", list(STRATEGIES.values()),
            ["mirrored", "central storage", "multi-worker mirrored", "parameter server"],
            hint="See the table of Exercise 6.")
check.equal("What is cut", list(PARALLEL.values()), ["model", "data", "pipeline"], hint="See Exercise 6.")
check.equal("What serves", list(TOOLS.values()), ["TFJS", "TFLite", "endpoint", "batch prediction", "tuning job",
                                                  "REST", "gRPC", "SavedModel"], hint="See Exercises 1, 2 and 4.")
check.close("Memory, traffic, epochs and steps", list(NUMBERS.values()), [1.6e9, 700, 108, 600], rtol=1e-6,
            hint="Four numbers of four bytes per weight; 2 (n - 1) / n; 27 + 9·3 + ...; the global batch.")
check.equal("Devices, a to c", told("abc"), [False, False, True], hint="See Memory and Placement.")
check.equal("Many replicas and trials, d to f", told("def"), [True, False, False], hint="See Exercise 6, and the cloud.")
check.equal("Versions and types, g to i", told("ghi"), [True, False, False], hint="See Exercises 1, 3 and 5.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# - **Serving.** With Docker, `tensorflow/serving` serves the folder that `publish` fills, with the contract of
#   Exercise 2 on port 8501, and gRPC on 8500; it batches requests of different clients too. Our server answers in
#   about a millisecond because the network is tiny. With a real one, look at the slowest answers (the 99th percentile),
#   not at the mean. Scores stay what they are: serving must not change a prediction.
# - **Data and model.** `datasets.load_mnist("full")` and a small convolutional network instead of 8×8 scans: expect
#   0.98 and more, the same after 8-bit quantisation to within half a point, and a file a quarter as large.
# - **GPU.** With tensor cores, `mixed_float16` or `mixed_bfloat16` make large layers two to three times as fast, if
#   their sizes are multiples of 8; for networks as small as these nothing is gained. `model.compile(jit_compile=True)`
#   fuses operations. Two GPUs give `MirroredStrategy` at most twice the rows per second, less where gradients are large
#   and steps short. Two logical CPUs share one processor, so here it is slower: compare rows per second on one
#   machine only, after the first step, and let a run take a minute.
