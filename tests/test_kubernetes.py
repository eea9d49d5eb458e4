"""What is shipped for Kubernetes: real schemas, options, TLS, and walls in a container like the pod's."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("dask_kubernetes", reason="needs the extra 'cluster'")
pytest.importorskip("kubernetes_validate", reason="needs the extra 'dev'")

from graders.batch import engines
from graders.course import Cluster
from graders.errors import ClusterError
from graders.sandbox import seccomp

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "deploy" / "kubernetes"
PROFILE = HERE / "graders-walls.json"
IMAGE = "graders-test-empty"
ULIMITS = ["--ulimit=nofile=4096:4096", "--ulimit=nproc=500:500", "--ulimit=core=0:0"]


def _check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_kubernetes", ROOT / "deploy" / "check_kubernetes.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = _check()
SHIPPED = check.load([HERE / name for name in check.FILES])

# -- the manifests --------------------------------------------------------------------------------


def test_what_is_shipped_holds():
    assert check.complaints(SHIPPED) == []
    assert {path.name for path in HERE.glob("*.yaml")} == {*check.FILES, "values.yaml"}, "nothing is left out"


def one(documents: list[Any], name: str) -> Any:
    (found,) = (d for d in documents if f"{d['kind']}/{d['metadata']['name']}" == name)
    return found


def pod(documents: list[Any], name: str) -> Any:
    spec = one(documents, name)["spec"]
    return spec["worker"]["spec"] if name.startswith("Dask") else spec["template"]["spec"]


def option(container: Any, old: str, new: str) -> None:
    assert any(arg.startswith(old) for arg in container["args"])
    container["args"] = [
        new if arg.startswith(old) else arg for arg in container["args"] if new or arg[: len(old)] != old
    ]


def without(thing: Any, *keys: Any) -> None:
    for key in keys[:-1]:
        thing = thing[key]
    del thing[keys[-1]]


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[list[Any]], Any]:
    return lambda documents: change(one(documents, name) if name.startswith("Net") else pod(documents, name))


def first(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda spec: change(spec["containers"][0])


WORKERS, GPU, OWN = "Deployment/workers", "Deployment/gpu-workers", "DaskCluster/grading"
BROKEN = {
    "a token": (edit(WORKERS, lambda s: without(s, "automountServiceAccountToken")), "gets a token"),
    "a token of the run": (edit(OWN, lambda s: s.update(automountServiceAccountToken=True)), "gets a token"),
    "root": (edit(GPU, lambda s: without(s, "securityContext", "runAsNonRoot")), "may run as root"),
    "user 0": (edit(WORKERS, lambda s: s["securityContext"].update(runAsUser=0)), "may run as root"),
    "capabilities": (
        edit(WORKERS, first(lambda c: without(c, "securityContext", "capabilities"))),
        "keeps capabilities",
    ),
    "new rights": (
        edit(OWN, first(lambda c: without(c, "securityContext", "allowPrivilegeEscalation"))),
        "may gain rights",
    ),
    "a writable root": (
        edit(WORKERS, first(lambda c: without(c, "securityContext", "readOnlyRootFilesystem"))),
        "may write to its root",
    ),
    "no filter": (
        edit("Deployment/scheduler", lambda s: without(s, "securityContext", "seccompProfile")),
        "may call the whole kernel",
    ),
    "no limit": (
        edit(WORKERS, first(lambda c: without(c, "resources", "limits", "memory"))),
        "no limit of memory",
    ),
    "endless scratch": (
        edit(OWN, lambda s: without(s, "volumes", 0, "emptyDir", "sizeLimit")),
        "scratch has no limit",
    ),
    "a filter without walls": (
        edit(WORKERS, lambda s: s["securityContext"].update(seccompProfile={"type": "RuntimeDefault"})),
        "no filter that lets it make walls",
    ),
    "a filter that is not shipped": (
        edit(
            WORKERS, lambda s: s["securityContext"]["seccompProfile"].update(localhostProfile="profiles/x.json")
        ),
        "no filter that lets it make walls",
    ),
    "a masked /proc": (
        edit(GPU, first(lambda c: without(c, "securityContext", "procMount"))),
        "cannot mount a /proc",
    ),
    "users of the node": (edit(OWN, lambda s: without(s, "hostUsers")), "cannot mount a /proc"),
    "walls where none are made": (
        edit("Deployment/scheduler", first(lambda c: c["securityContext"].update(procMount="Unmasked"))),
        "could make walls, and makes none",
    ),
    "an unknown option": (
        edit(WORKERS, first(lambda c: option(c, "--no-dashboard", "--no-bokeh"))),
        "--no-bokeh",
    ),
    "a wrong value": (
        edit(WORKERS, first(lambda c: option(c, "--nthreads", "--nthreads=four"))),
        "not a valid int",
    ),
    "a nanny": (edit(OWN, first(lambda c: option(c, "--no-nanny", ""))), "may not start processes"),
    "too many at a time": (
        edit(WORKERS, first(lambda c: option(c, "--nthreads", "--nthreads=8"))),
        "8 submissions at a time have 4 cores",
    ),
    "too much memory": (
        edit(WORKERS, first(lambda c: option(c, "--memory-limit", "--memory-limit=16GiB"))),
        "is not below",
    ),
    "no TLS": (
        edit("Deployment/scheduler", first(lambda c: option(c, "--tls", ""))),
        "speaks without TLS",
    ),
    "a key elsewhere": (
        edit(WORKERS, first(lambda c: option(c, "--tls-key", "--tls-key=/etc/tls/key.pem"))),
        "/etc/tls/key.pem is not in a folder",
    ),
    "a secret elsewhere": (
        edit(WORKERS, first(lambda c: c["volumeMounts"][0].update(mountPath="/tls"))),
        "ca.pem is not in a folder",
    ),
    "GPUs that nobody has": (
        edit(GPU, first(lambda c: option(c, "--resources", "--resources=GPU=2"))),
        "GPU=2 is announced, and 1 GPUs are its limit",
    ),
    "GPUs that are not told of": (
        edit(GPU, first(lambda c: option(c, "--resources", ""))),
        "1 GPUs are its limit",
    ),
    "an open network": (lambda d: d.remove(one(d, "NetworkPolicy/nothing-else")), "no policy denies Ingress"),
    "an open network for some": (
        edit("NetworkPolicy/nothing-else", lambda p: p["spec"].update(podSelector={"matchLabels": {"a": "b"}})),
        "no policy denies Egress",
    ),
    "the internet": (
        edit("NetworkPolicy/workers", lambda p: p["spec"]["egress"].append({"ports": [{"port": 443}]})),
        "may speak to anything",
    ),
    "another port": (
        edit(WORKERS, first(lambda c: option(c, "--worker-port", "--worker-port=9000"))),
        "does not reach Deployment/workers on port 9000",
    ),
    "workers among themselves": (
        edit(
            "NetworkPolicy/workers",
            lambda p: p["spec"]["ingress"][0]["from"].append({"podSelector": {}}),
        ),
        "and needs not",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_manifest_is_told_of(name: str) -> None:
    documents = deepcopy(SHIPPED)
    change, told = BROKEN[name]
    change(documents)
    assert told in "\n".join(check.broken_rules(documents))


@pytest.mark.parametrize(("name", "kept"), [(WORKERS, "namespace"), (OWN, "name")])
def test_a_misspelt_field_is_told_of(name: str, kept: str) -> None:
    documents = deepcopy([one(SHIPPED, name)])
    pod(documents, name)["hostUser"] = pod(documents, name).pop("hostUsers")
    documents[0]["metadata"] = {kept: "grading", "name": "workers"}
    (told,) = {what.partition("$")[2] for what in check.complaints(documents)}
    assert "'hostUser' was unexpected" in told


def test_what_the_operator_would_not_take_is_told_of() -> None:
    broken = deepcopy(one(SHIPPED, OWN))
    broken["spec"]["worker"]["replicas"] = "4"
    assert check.complaints([broken]) == [
        "DaskCluster/grading: $.spec.worker.replicas: '4' is not of type 'integer'"
    ]


def test_dasks_own_class_takes_the_cluster_of_a_run():
    """Nothing is started: KubeCluster reads the file, and asks for a cluster only when it is awaited."""
    from dask_kubernetes.operator import KubeCluster

    async def read() -> KubeCluster:
        file = str(HERE / "cluster.yaml")
        return KubeCluster(custom_cluster_spec=file, asynchronous=True, shutdown_on_close=False)

    made = asyncio.run(read())
    assert made.name == "grading" and made._custom_cluster_spec == one(SHIPPED, OWN)


# -- TLS, as the documentation makes it -----------------------------------------------------------


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """The folder that pods see, made by the commands in docs/cluster.md; the client's files are beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    text = (ROOT / "docs" / "cluster.md").read_text()
    (block,) = (code for code in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "openssl" in code)
    made, _, put = block.partition("kubectl create secret")
    subprocess.run(["sh", "-ec", made], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    folder = tmp_path / "secret"
    folder.mkdir()
    for name, file in re.findall(r"--from-file=([\w.]+)=([\w.]+)", put):
        shutil.copy(tmp_path / file, folder / name)
    return folder


def test_the_documented_certificates_hold_for_strict_readers(secret: Path) -> None:
    """Python 3.13 refuses certificates that older ones took."""
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(secret / "ca.pem")]
    certificates = [str(secret / "cert.pem"), str(secret.parent / "me.pem")]
    said = subprocess.run([*command, *certificates], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(container: Any, folder: Path, **places: str) -> subprocess.Popen[bytes]:
    """Start what a container would, with its own arguments, but for places that only a pod has."""
    known = {"=/tmp": f"={folder.parent}", "/etc/dask-tls": str(folder), **places}
    words = container["args"][1:]
    for old, new in known.items():
        words = [word.replace(old, new) for word in words]
    command = [sys.executable, "-m", f"distributed.cli.dask_{container['args'][0]}", *words, "--host=127.0.0.1"]
    told = {e["name"]: e["value"] for e in container["env"] if e["name"] != "HOME"}
    with (folder.parent / f"{container['args'][0]}.log").open("wb") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **told}, start_new_session=True
        )


@pytest.fixture
def pods(secret: Path) -> Iterator[str]:
    """A scheduler and a worker of workers.yaml as processes; yields the scheduler's address."""
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    ports = {
        "=8786": f"={port}",
        ":8787": "127.0.0.1:0",
        "=8789": f"={free_port()}",
        "tls://scheduler:8786": address,
    }
    containers = [pod(SHIPPED, f"Deployment/{name}")["containers"][0] for name in ("scheduler", "workers")]
    running = [started(container, secret, **ports) for container in containers]
    yield address
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_scheduler_worker_and_client_meet_by_tls_and_nobody_else_is_let_in(
    secret: Path, pods: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"tls_ca": str(secret / "ca.pem")}
    mine = {name: str(secret.parent / f"me.{end}") for name, end in (("tls_cert", "pem"), ("tls_key", "key"))}
    with engines._connected(Cluster(scheduler=pods, **files, **mine)) as client:
        deadline = time.monotonic() + 60
        while not client.nthreads() and time.monotonic() < deadline:
            time.sleep(0.2)
        ((worker, lanes),) = client.nthreads().items()
        assert worker.startswith("tls://") and lanes == 4
        assert client.submit(lambda: os.environ["OMP_NUM_THREADS"]).result(timeout=60) == "1"
    monkeypatch.setattr(engines, "_CONNECT_SECONDS", 3)
    theirs = {
        name: str(secret.parent / f"other.{end}") for name, end in (("tls_cert", "pem"), ("tls_key", "key"))
    }
    other = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=me"]
    other += ["-keyout", theirs["tls_key"], "-out", theirs["tls_cert"]]
    subprocess.run(other, check=True, capture_output=True, timeout=60)
    for cluster in (
        Cluster(scheduler=pods, **files, **theirs),
        Cluster(scheduler=pods.replace("tls:", "tcp:"), insecure=True),
    ):
        with pytest.raises(ClusterError, match="No scheduler answers"), engines._connected(cluster):
            pass


# -- walls within the pod -------------------------------------------------------------------------


def test_the_filter_allows_nothing_that_walls_and_grading_do_not_need():
    profile = json.loads(PROFILE.read_text())
    assert (profile["defaultAction"], profile["defaultErrnoRet"]) == ("SCMP_ACT_ERRNO", 38), (
        "unknown: not there"
    )
    allowed = {n for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for n in rule["names"]}
    denied = {n for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ERRNO" for n in rule["names"]}
    walls = {"mount", "mount_setattr", "pivot_root", "umount2", "unshare"}
    memory = {"memfd_create", "msgget", "semget", "shmget"}  # denied to students, not to the grader
    assert allowed & set(seccomp.DENIED) == walls | memory
    assert allowed & denied == set() and "clone3" not in allowed, "its flags cannot be seen"
    families = [r["args"][0]["value"] for r in profile["syscalls"] if r["names"] == ["socket"]]
    assert tuple(families) == seccomp._FAMILIES


LOOK = "from graders.sandbox.doctor import examine\nfor f in examine('/srv'): print(f.kept, f.promise, f.seen)"


def contained(spec: Any) -> list[str]:
    """Return podman's options for what a pod says of its container."""
    both = {**spec["securityContext"], **spec["containers"][0]["securityContext"]}
    said = ["--network=none", f"--user={both['runAsUser']}:{both['runAsGroup']}"]
    said += ["--read-only"] if both["readOnlyRootFilesystem"] else []
    said += ["--cap-drop=all"] if both["capabilities"]["drop"] == ["ALL"] else []
    said += [] if both["allowPrivilegeEscalation"] else ["--security-opt=no-new-privileges"]
    said += ["--security-opt=unmask=ALL"] if both.get("procMount") == "Unmasked" else []
    if both["seccompProfile"]["type"] == "Localhost":
        said.append(f"--security-opt=seccomp={HERE / Path(both['seccompProfile']['localhostProfile']).name}")
    if spec.get("hostUsers") is False:
        said += ["--uidmap=0:200000:65536", "--gidmap=0:200000:65536"]
    return said


def looked(spec: Any) -> str:
    """Return what `graders doctor` finds in such a container, whose Python and libraries are this machine's."""
    plain = [sys.executable, "-c", "import graders; print(graders.__path__[0])"]
    package = subprocess.run(plain, cwd="/", capture_output=True, text=True, check=True).stdout.strip()
    places = {path for path in ("/usr", "/etc/ld.so.cache", sys.prefix, sys.base_prefix, package)}
    shown = sorted(p for p in places if p == "/usr" or not p.startswith(("/usr/", f"{sys.prefix}/")))
    command = ["podman", "run", "--rm", "--pull=never", "--memory=2g", "--memory-swap=2g", "--pids-limit=500"]
    command += [*ULIMITS, "--workdir=/tmp"]
    command += ["--tmpfs=/tmp:rw,nosuid,nodev,size=256m,mode=1777", *(f"--volume={p}:{p}:ro" for p in shown)]
    command += [*contained(spec), IMAGE, sys.executable, "-c", LOOK]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert ended.returncode == 0, ended.stderr[-500:]
    return ended.stdout


@pytest.fixture(scope="module")
def podman() -> None:
    if shutil.which("podman") is None or os.geteuid() != 0:
        pytest.skip("needs podman, as root: apt-get install podman runc")
    if subprocess.run(["podman", "image", "exists", IMAGE], timeout=60).returncode:
        made = ["sh", str(ROOT / "deploy/containers/base.sh"), "--empty", IMAGE]
        subprocess.run(made, check=True, timeout=60)
    plain = [
        "podman",
        "run",
        "--rm",
        *ULIMITS,
        "--network=none",
        "--volume=/usr:/usr:ro",
        IMAGE,
        "/usr/bin/true",
    ]
    tried = subprocess.run(plain, capture_output=True, text=True, timeout=120)
    if tried.returncode:
        pytest.skip(f"podman starts no container on this machine: {tried.stderr.strip()[-300:]}")


@pytest.mark.slow
@pytest.mark.parametrize("name", [WORKERS, GPU, OWN, "Deployment/grading-homl"])
def test_walls_hold_in_a_container_like_the_pods(podman: None, name: str) -> None:
    seen = looked(pod(SHIPPED, name))
    assert "True A wall can be raised" in seen and "False" not in seen, seen


NEEDED = {  # what is taken away, and what is said then
    "the filter": (
        lambda spec: spec["securityContext"].update(seccompProfile={"type": "RuntimeDefault"}),
        "Operation not permitted",
    ),
    "an unmasked /proc": (first(lambda c: c["securityContext"].pop("procMount")), "partly hidden"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NEEDED)
def test_walls_need_what_the_pod_has_for_them(podman: None, name: str) -> None:
    spec = deepcopy(pod(SHIPPED, WORKERS))
    take, told = NEEDED[name]
    take(spec)
    found = looked(spec)
    assert "False A wall can be raised" in found
    assert told in found
