"""A JupyterHub for courses: students' servers, grading on arrival, the live page, formgrader.

What is different from place to place stands in a TOML file, named by GRADERS_HUB (see
docs/jupyterhub.md). Started as root, so that every student's server runs under the student's account.
"""

import hmac
import os
import pwd
import sys
import tomllib
from pathlib import Path

from jupyterhub.auth import Authenticator

c = get_config()

HERE = Path(__file__).resolve().parent
SETTINGS = Path(os.environ["GRADERS_HUB"]).resolve()
settings = tomllib.loads(SETTINGS.read_text())
hub, courses = settings["hub"], settings["courses"]
state = SETTINGS.parent / "state"
state.mkdir(mode=0o700, exist_ok=True)
python = hub.get("python", sys.executable)
programs = str(Path(python).parent)

# -- the hub and its proxy ----------------------------------------------------------------------------

port = int(hub.get("port", 8000))
c.JupyterHub.bind_url = hub.get("bind_url", f"http://127.0.0.1:{port}")
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub.get('hub_port', port + 1)}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{hub.get('proxy_port', port + 2)}"
c.ConfigurableHTTPProxy.command = [hub.get("proxy", "configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.JupyterHub.db_url = hub.get("database") or f"sqlite:///{state / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.JupyterHub.template_vars = {"announcement": hub.get("announcement", "")}

# -- who may log in -----------------------------------------------------------------------------------


class ListedAuthenticator(Authenticator):
    """For trying out: the names and passwords of the settings, which only root can read."""

    async def authenticate(self, handler, data):
        """Return the name if the password is the one that is listed for it."""
        name, given = data["username"], data["password"]
        listed = settings.get("passwords", {}).get(name, "")
        right = hmac.compare_digest(listed.encode(), given.encode())
        return name if listed and right else None


if settings.get("passwords"):
    c.JupyterHub.authenticator_class = ListedAuthenticator
    c.Authenticator.allowed_users = set(settings["passwords"])

# -- students' servers --------------------------------------------------------------------------------

c.Spawner.cmd = [f"{programs}/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.notebook_dir = "~"
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300
c.Spawner.server_token_scopes = [
    "users:activity!user",
    "access:servers!server",
    "read:users:name!user",
    "read:users:groups!user",  # nbgrader asks which courses somebody is in
]
student = {
    "JUPYTER_CONFIG_PATH": str(HERE / "student"),
    "GRADERS_EXCHANGE": hub["exchange"],
    "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
    "OMP_NUM_THREADS": "1",
}
c.Spawner.environment = student

# -- courses ------------------------------------------------------------------------------------------

c.JupyterHub.load_groups = {}
c.JupyterHub.load_roles = []
c.JupyterHub.services = []
c.JupyterHub.custom_scopes = {}


def slug(course):
    """The part of a course's id that names of scopes may hold."""
    return "".join(letter if letter.isalnum() else "-" for letter in course.lower())


def add_course(number, course, facts):
    """A course is two groups, two roles and three services that run under the course's account."""
    students, staff = f"nbgrader-{course}", f"formgrade-{course}"
    if "students" in facts or "instructors" in facts:  # else the login says who is in which group
        c.JupyterHub.load_groups[students] = {"users": facts.get("students", [])}
        c.JupyterHub.load_groups[staff] = {"users": facts.get("instructors", [])}
    scope = f"custom:grading-{slug(course)}:staff"
    c.JupyterHub.custom_scopes[scope] = {"description": f"See and regrade the work of all of {course}"}
    watch, live, grader = f"watch-{course}", f"grading-{course}", f"formgrader-{course}"
    pages = [live, grader] if facts.get("formgrader", True) else [live]
    c.JupyterHub.load_roles += [
        {
            "name": f"student-{slug(course)}",
            "groups": [students],
            "scopes": [f"access:services!service={live}"],
        },
        {
            "name": f"staff-{slug(course)}",
            "groups": [staff],
            "scopes": [scope, *(f"access:services!service={page}" for page in pages)],
        },
        {"name": watch, "services": [watch], "scopes": [f"read:groups!group={students}"]},
    ]
    if grader in pages:
        # formgrader adds students to the course; it may change this course's group only
        scopes = [f"read:groups!group={students}", f"groups!group={students}", "list:groups"]
        c.JupyterHub.load_roles.append({"name": grader, "services": [grader], "scopes": scopes})
    account = facts["account"]
    folder, ports = facts["folder"], int(hub.get("service_port", port + 10)) + 2 * number
    common = {
        "timeout": 300,  # a hub whose service is slow to start, as on a busy machine, would end
        "user": account,
        "cwd": folder,
        "environment": {
            "HOME": pwd.getpwnam(account).pw_dir,
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
        },
    }
    graders = [python, "-m", "graders"]
    services = [
        {**common, "name": watch, "command": [*graders, "watch", "--group", students], "display": False},
        {
            **common,
            "name": live,
            "command": [*graders, "live"],
            "url": f"http://127.0.0.1:{ports}",
            "oauth_client_allowed_scopes": [scope],
            "oauth_no_confirm": True,
        },
        {
            **common,
            "name": grader,
            "command": [
                f"{programs}/jupyterhub-singleuser",
                f"--ServerApp.root_dir={folder}",
                "--ServerApp.default_url=/formgrader",
            ],
            "url": f"http://127.0.0.1:{ports + 1}",
            "oauth_no_confirm": True,
            "environment": {**common["environment"], "JUPYTERHUB_DEFAULT_URL": "/formgrader"},
        },
    ]
    c.JupyterHub.services += [one for one in services if one["name"] in (watch, *pages)]


for number, (course, facts) in enumerate(sorted(courses.items())):
    add_course(number, course, facts)

# -- what is different in real use: login by OAuth or LTI, servers in containers ----------------------

for extra in settings.get("also", []):
    load_subconfig(str(HERE / extra))
