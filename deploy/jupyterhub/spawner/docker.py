"""Students' servers in Docker containers (needs the package dockerspawner).

All containers run under one account, so accounts cannot say who handed in. Each student sees an inbound
and a feedback folder of their own instead: set layout="per_student" in the course's Hub().
"""

import os
from pathlib import Path

c = get_config()

exchange = os.environ.get("GRADERS_EXCHANGE_VOLUME", "/srv/exchange")
course = os.environ.get("GRADERS_COURSE_ID", "homl")

c.JupyterHub.spawner_class = "docker"
c.JupyterHub.hub_ip = "0.0.0.0"
c.DockerSpawner.image = os.environ.get("GRADERS_IMAGE", "graders-student:latest")
c.DockerSpawner.network_name = os.environ.get("GRADERS_NETWORK", "jupyterhub")
c.DockerSpawner.remove = True
c.DockerSpawner.cmd = ["jupyterhub-singleuser"]
c.DockerSpawner.notebook_dir = "/home/student"
c.DockerSpawner.mem_limit = "4G"
c.DockerSpawner.cpu_limit = 2
c.DockerSpawner.volumes = {
    "student-{username}": "/home/student",
    f"{exchange}/{course}/inbound/{{raw_username}}": f"/srv/exchange/{course}/inbound",
}
c.DockerSpawner.read_only_volumes = {
    f"{exchange}/{course}/outbound": f"/srv/exchange/{course}/outbound",
    f"{exchange}/{course}/feedback/{{raw_username}}": f"/srv/exchange/{course}/feedback",
}
c.DockerSpawner.environment = {"GRADERS_EXCHANGE": "/srv/exchange", "OMP_NUM_THREADS": "2"}
c.DockerSpawner.extra_host_config = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges"]}


def make_folders(spawner):
    """Make a student's folders of the exchange; only their container will see them."""
    for kind, mode in (("inbound", 0o777), ("feedback", 0o755)):
        folder = Path(exchange, course, kind, spawner.user.name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)


c.Spawner.pre_spawn_hook = make_folders
# Names become folders: nothing that a path could misread.
c.Authenticator.username_pattern = r"[a-z][a-z0-9_-]{0,30}"
