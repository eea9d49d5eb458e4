"""Say what is wrong with the manifests of grading on Kubernetes, those here or copies that were adapted.

    python deploy/check_kubernetes.py [FILES]

Needs kubernetes-validate (extra `dev`) and the extra `cluster`. Asks no cluster: it reads the schemas of
Kubernetes and of Dask's operator, the options of `dask`, and rules that no schema knows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import dask_kubernetes
import jsonschema
import kubernetes_validate
import yaml
from dask_kubernetes.operator.controller import controller
from distributed.cli import dask_scheduler, dask_worker
from kubernetes.utils.quantity import parse_quantity

HERE = Path(__file__).parent / "kubernetes"
FILES = ("namespace.yaml", "workers.yaml", "gpu-workers.yaml", "cluster.yaml", "grading.yaml")
OLDEST, NEWEST = "1.35", "1.37"  # the first whose level `baseline` lets a pod with its own users unmask /proc
PROGRAMS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
_CRD = "operator/deployment/helm/dask-kubernetes-operator/crds/daskcluster.yaml"

Document = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """What a manifest says of pods of one kind, and where."""

    place: str
    namespace: str
    labels: dict[str, str]
    spec: Document

    @property
    def containers(self) -> list[Document]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


def load(paths: list[Path]) -> list[Document]:
    """Return all documents of some files."""
    return [one for path in paths for one in yaml.safe_load_all(path.read_text()) if one]


def made_by_operator(cluster: Document) -> list[Document]:
    """Return what Dask's operator makes of a DaskCluster, by its own functions."""
    name, spec = cluster["metadata"]["name"], cluster["spec"]
    group = (f"{name}-default", "grading", name, "1")
    return [
        controller.build_scheduler_deployment_spec(name, spec["scheduler"]["spec"], {}, {}),
        controller.build_scheduler_service_spec(name, spec["scheduler"]["service"], {}, {}),
        controller.build_worker_deployment_spec(*group, spec["worker"]["spec"], {}, {}),
    ]


def pods(documents: list[Document]) -> list[Pod]:
    """Return the pods that documents lead to."""
    found = []
    for one in documents:
        if one["kind"] == "DaskCluster":
            made = made_by_operator(one)
            found += [Pod(f"DaskCluster/{p.place}", "grading", p.labels, p.spec) for p in pods(made)]
        elif one["kind"] == "Deployment":
            namespace = one["metadata"].get("namespace", "default")
            template = one["spec"]["template"]
            labels = template["metadata"]["labels"]
            found.append(Pod(f"Deployment/{one['metadata']['name']}", namespace, labels, template["spec"]))
    return found


# -- schemas --------------------------------------------------------------------------------------


def schemas(documents: list[Document]) -> Iterator[str]:
    """Say where a document is not what Kubernetes, oldest or newest, or Dask's operator takes."""
    for one in documents:
        if one["kind"] != "DaskCluster":
            yield from of_kubernetes(one)
        elif told := list(of_operator(one)):
            yield from told
        else:
            yield from (what for part in made_by_operator(one) for what in of_kubernetes(part))


def of_kubernetes(one: Document) -> Iterator[str]:
    for version in (OLDEST, NEWEST):
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except jsonschema.ValidationError as error:
            yield f"{name(one)}: Kubernetes {version}: {error.json_path}: {error.message[:200]}"


def of_operator(cluster: Document) -> Iterator[str]:
    crd = yaml.safe_load((Path(dask_kubernetes.__file__).parent / _CRD).read_text())
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    for error in jsonschema.Draft202012Validator(schema).iter_errors(cluster):
        yield f"{name(cluster)}: {error.json_path}: {error.message[:200]}"


def name(one: Document) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


# -- pods -----------------------------------------------------------------------------------------


def no_token(pod: Pod) -> Iterator[str]:
    if pod.spec.get("automountServiceAccountToken") is not False:
        yield "gets a token of a service account"
    if any("serviceAccountToken" in str(volume) for volume in pod.spec.get("volumes", [])):
        yield "mounts a token of a service account"


def no_rights(pod: Pod) -> Iterator[str]:
    of_pod = pod.spec.get("securityContext", {})
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(key):
            yield f"{key} is set"
    for one in pod.containers:
        own = one.get("securityContext", {})
        both = {**of_pod, **own}
        if both.get("runAsNonRoot") is not True or not both.get("runAsUser"):
            yield f"{one['name']} may run as root"
        if own.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{one['name']} keeps capabilities"
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
            yield f"{one['name']} may gain rights"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{one['name']} may write to its root"
        if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{one['name']} may call the whole kernel"


def limits(pod: Pod) -> Iterator[str]:
    for one in pod.containers:
        missing = {"cpu", "memory"} - set(one.get("resources", {}).get("limits", {}))
        if missing:
            yield f"{one['name']} has no limit of {', '.join(sorted(missing))}"
    for volume in pod.spec.get("volumes", []):
        if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
            yield f"the volume {volume['name']} has no limit"


def walls(pod: Pod) -> Iterator[str]:
    """Who runs students' code needs what walls are made of; nobody else gets it."""
    for one in pod.containers:
        both = {**pod.spec.get("securityContext", {}), **one.get("securityContext", {})}
        profile = both.get("seccompProfile", {}).get("localhostProfile", "")
        grades = program(one) == "worker" or one.get("args", [])[:2] == ["graders", "watch"]
        if not grades:
            if profile or both.get("procMount") == "Unmasked":
                yield f"{one['name']} could make walls, and makes none"
        elif not (HERE / Path(profile).name).is_file() or not profile.startswith("profiles/"):
            yield f"{one['name']} has no filter that lets it make walls"
        elif both.get("procMount") != "Unmasked" or pod.spec.get("hostUsers") is not False:
            yield f"{one['name']} cannot mount a /proc of a wall's own"


# -- the command lines of Dask --------------------------------------------------------------------


def program(container: Document) -> str:
    """Return what part of Dask a container is, if any."""
    first = container.get("args", [""])[0]
    return first if Path(container.get("command", [""])[0]).name == "dask" and first in PROGRAMS else ""


def options(container: Document) -> Document:
    """Return the options of a container's command line as `dask` itself understands them; raises as it does."""
    command = PROGRAMS[program(container)]
    for one in command.params:
        if isinstance(one.type, click.Path):
            one.type.exists = False  # in the pod it does
    said = dict(command.make_context("dask", list(container["args"][1:])).params)
    if said["preload_argv"]:  # what is not understood is kept for others
        raise ValueError(f"{' '.join(said['preload_argv'])} is not understood")
    return said


def dask(pod: Pod) -> Iterator[str]:
    for one in pod.containers:
        if not program(one):
            continue
        try:
            said = options(one)
        except Exception as error:  # noqa: BLE001 (whatever the program would end with)
            yield f"{one['name']}: dask {program(one)}: {getattr(error, 'message', error)}"
            continue
        yield from tls(pod, one, said)
        if program(one) == "worker":
            yield from worker(one, said)


def tls(pod: Pod, container: Document, said: Document) -> Iterator[str]:
    files = [said[key] for key in ("tls_ca_file", "tls_cert", "tls_key")]
    if not any(files):
        if not pod.place.startswith("DaskCluster"):
            yield f"{container['name']} speaks without TLS"
        return
    secrets = {volume["name"] for volume in pod.spec.get("volumes", []) if "secret" in volume}
    folders = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] in secrets]
    for file in files:
        if not file or str(Path(file).parent) not in folders:
            yield f"{container['name']}: {file} is not in a folder of a mounted secret"


def worker(container: Document, said: Document) -> Iterator[str]:
    most = container.get("resources", {}).get("limits", {})
    if said["nanny"]:
        yield "a worker under a nanny may not start processes"
    if (said["nthreads"] or 0) > parse_quantity(most.get("cpu", 0)):
        yield f"{said['nthreads']} submissions at a time have {most.get('cpu', 0)} cores"
    memory = str(said["memory_limit"]).removesuffix("B")
    if memory == "auto" or not parse_quantity(memory) < parse_quantity(most.get("memory", 0)):
        yield f"Dask's limit of memory, {memory}, is not below the container's, {most.get('memory')}"
    gpus = re.search(r"GPU=(\d+)", said["resources"] or "GPU=0")
    if gpus is None or int(gpus[1]) != int(most.get("nvidia.com/gpu", 0)):
        yield f"{said['resources']} is announced, and {most.get('nvidia.com/gpu', 0)} GPUs are its limit"


# -- the network ----------------------------------------------------------------------------------


def policies(documents: list[Document], pod: Pod) -> list[Document]:
    """Return the network policies of a pod."""
    return [
        one["spec"]
        for one in documents
        if one["kind"] == "NetworkPolicy"
        and one["metadata"].get("namespace", "default") == pod.namespace
        and selects(one["spec"]["podSelector"], pod.labels)
    ]


def selects(selector: Document, labels: dict[str, str]) -> bool:
    """Whether a selector means a pod; one with expressions is not understood here."""
    assert set(selector) <= {"matchLabels"}, selector
    return selector.get("matchLabels", {}).items() <= labels.items()


def allows(documents: list[Document], pod: Pod, way: str, other: Pod, port: int) -> bool:
    """Whether a pod's policies let it speak to another of its namespace (`egress`), or hear it (`ingress`)."""
    side = {"egress": "to", "ingress": "from"}[way]
    rules = [rule for policy in policies(documents, pod) for rule in policy.get(way, [])]
    return any(
        any(means(peer, other) for peer in rule.get(side, [{}]))
        and any(named.get("port", port) == port for named in rule.get("ports", [{}]))
        for rule in rules
    )


def means(peer: Document, pod: Pod) -> bool:
    """Whether one peer of a rule is a pod of the policy's own namespace."""
    return not {"ipBlock", "namespaceSelector"} & set(peer) and selects(peer.get("podSelector", {}), pod.labels)


def network(documents: list[Document]) -> Iterator[str]:
    """Say which pods of Dask are open, or cannot reach each other on the ports that they listen on."""
    ours = [pod for pod in pods(documents) if any(map(program, pod.containers))]
    for pod in ours:
        for way in ("Ingress", "Egress"):
            if not any(p["podSelector"] == {} and way in p["policyTypes"] for p in policies(documents, pod)):
                yield f"{pod.place}: no policy denies {way} to all pods of {pod.namespace}"
        for policy in policies(documents, pod):
            if any(not r.get("to") or "ipBlock" in str(r) for r in policy.get("egress", [])):
                yield f"{pod.place}: may speak to anything"
            if any(not r.get("from") or "ipBlock" in str(r) for r in policy.get("ingress", [])):
                yield f"{pod.place}: anything may speak to it"
    for one in ours:
        for other in ours:
            yield from between(documents, one, other)


def between(documents: list[Document], one: Pod, other: Pod) -> Iterator[str]:
    port = listens(other)
    wanted = program(one.containers[0]) != program(other.containers[0])
    ways = (allows(documents, one, "egress", other, port), allows(documents, other, "ingress", one, port))
    if wanted and not all(ways):
        yield f"{one.place} does not reach {other.place} on port {port}"
    if not wanted and any(ways):
        yield f"{one.place} reaches {other.place} and needs not"


def listens(pod: Pod) -> int:
    said = options(pod.containers[0])
    return int(said["worker_port"] if program(pod.containers[0]) == "worker" else said["port"] or 8786)


# -- all of it ------------------------------------------------------------------------------------

RULES = (no_token, no_rights, limits, walls, dask)


def complaints(documents: list[Document]) -> list[str]:
    """Return everything that is wrong, each with its place; rules only where the schemas hold."""
    return list(schemas(documents)) or broken_rules(documents)


def broken_rules(documents: list[Document]) -> list[str]:
    """Return what no schema knows of."""
    found = [f"{pod.place}: {what}" for pod in pods(documents) for rule in RULES for what in rule(pod)]
    return found or list(network(documents))


def main(arguments: list[str]) -> int:
    """Check files, or those here, and return how it ended."""
    documents = load([Path(one) for one in arguments] or [HERE / one for one in FILES])
    found = complaints(documents)
    print("\n".join(found) or f"{len(documents)} documents hold, with Kubernetes {OLDEST} to {NEWEST}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
