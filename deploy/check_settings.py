"""Load the hub's settings with the programs that read them, and say what is wrong with them.

Needs dockerspawner, jupyterhub-kubespawner, oauthenticator and jupyterhub-ltiauthenticator beside the extra
`hub`. It starts nothing: it makes the spawners and authenticators from the settings, and for Kubernetes the
pod that a student would get. Zero to JupyterHub's own chart is not read: only what KubeSpawner is given.
"""

from __future__ import annotations

import asyncio
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import yaml
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

HERE = Path(__file__).parent
warnings.simplefilter("error", UserWarning)  # what traitlets says of a setting that does not exist


def load(name: str) -> Config:
    path = HERE / "jupyterhub" / name
    return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


def known(kind: type, settings: dict[str, Any]) -> None:
    wrong = sorted(name for name in settings if name not in kind.class_traits(config=True))
    assert not wrong, f"{kind.__name__} has no setting {wrong}"


def login(name: str, kind: type) -> None:
    config = load(name)
    for part in (c.__name__ for c in kind.mro()):
        if part in config and isinstance(config[part], Config):
            known(kind, config[part])
    made = kind(config=config)
    made.check_allow_config()
    if made.post_auth_hook:
        check_groups(made)
    print(f"{name}: {kind.__name__} {[n for n in config if n != 'JupyterHub']}")


def check_groups(made: Any) -> None:
    claim = "https://purl.imsglobal.org/spec/lti/claim/roles"
    for role, group in (("Instructor", "formgrade-homl"), ("Learner", "nbgrader-homl")):
        said = {claim: [f"http://purl.imsglobal.org/vocab/lis/v2/membership#{role}"]}
        found = made.post_auth_hook(made, None, {"name": "1", "auth_state": said})
        assert found["groups"] == [group], found


def docker() -> None:
    from dockerspawner import DockerSpawner

    config = load("spawner/docker.py")
    known(DockerSpawner, config["DockerSpawner"])
    spawner = DockerSpawner(config=config, user=person("ada"), hub=None, _mock=True)
    mounts = {place["bind"]: (host, place["mode"]) for host, place in spawner.volume_binds.items()}
    assert mounts["/srv/exchange/homl/inbound"][0].endswith("/inbound/ada"), mounts
    assert mounts["/srv/exchange/homl/feedback"] == ("/srv/exchange/homl/feedback/ada", "ro"), mounts
    assert mounts["/srv/exchange/homl/outbound"][1] == "ro", mounts
    print("spawner/docker.py: DockerSpawner mounts", sorted(mounts))


def person(name: str) -> Any:
    user = SimpleNamespace(name=name, id=1, escaped_name=name, url=f"/user/{name}/", server=None, settings={})
    user.spawners = {"": None}
    return user


async def kubernetes() -> None:
    """Give KubeSpawner what the chart gives it from values.yaml, and read the pod it makes."""
    from kubespawner import KubeSpawner

    values = yaml.safe_load((HERE / "kubernetes" / "values.yaml").read_text())
    single = values["singleuser"]
    chart = {  # as the chart's own jupyterhub_config.py does
        "image": f"{single['image']['name']}:{single['image']['tag']}",
        "volumes": single["storage"]["extraVolumes"],
        "volume_mounts": single["storage"]["extraVolumeMounts"],
        "init_containers": single["initContainers"],
        "environment": single["extraEnv"],
        "cpu_limit": single["cpu"]["limit"],
        "cpu_guarantee": single["cpu"]["guarantee"],
        "mem_limit": single["memory"]["limit"],
        "mem_guarantee": single["memory"]["guarantee"],
        "cmd": single["cmd"],
    }
    known(KubeSpawner, chart)
    with patch("kubespawner.spawner.load_config"):  # no cluster is there, and none is asked for anything
        spawner = KubeSpawner(config=Config({"KubeSpawner": chart}), user=person("ada"), _mock=True)
    pod = (await spawner.get_pod_manifest()).to_dict()
    (container,) = pod["spec"]["containers"]
    mounts = {m["mount_path"]: m for m in container["volume_mounts"]}
    assert mounts["/srv/exchange/homl/inbound"]["sub_path"] == "homl/inbound/ada", mounts
    assert mounts["/srv/exchange/homl/feedback"]["read_only"], mounts
    assert pod["spec"]["init_containers"][0]["command"][-1] == "ada", pod["spec"]["init_containers"]
    for document in yaml.safe_load_all((HERE / "kubernetes" / "grading.yaml").read_text()):
        assert {"apiVersion", "kind", "metadata", "spec"} <= set(document), document
    print("kubernetes/values.yaml: KubeSpawner mounts", sorted(mounts))


def main() -> None:
    from ltiauthenticator.lti13.auth import LTI13Authenticator
    from oauthenticator.generic import GenericOAuthenticator

    login("login/oauth.py", GenericOAuthenticator)
    login("login/lti13.py", LTI13Authenticator)
    docker()
    asyncio.run(kubernetes())


if __name__ == "__main__":
    sys.exit(main())
