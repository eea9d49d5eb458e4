"""A real JupyterHub for the tests: its proxy, servers under accounts of their own, two courses.

Accounts exist only inside the hub's mount namespace, where /etc/passwd and /etc/group are copies with more
lines; nothing on the machine is changed. Everything else is what `make hub` starts.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from graders.hub.intake import Arrival, Intake

CHAPTER = "ch04_training_models"
ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy" / "jupyterhub"
FIRST_UID = 61_000
STARTED_SECONDS = 900


def proxy_program() -> str:
    """The proxy that `make packages` installs; '' if it is not there."""
    places = [Path(sys.prefix) / "proxy", Path(os.environ.get("GRADERS_PROXY", "/nowhere"))]
    found = [str(p / "node_modules" / ".bin" / "configurable-http-proxy") for p in places]
    return next((p for p in found if Path(p).exists()), shutil.which("configurable-http-proxy") or "")


def public_python() -> str:
    """A Python of our version that every account may run; '' if there is none."""
    wanted = f"python3.{sys.version_info[1]}"
    for program in (os.path.realpath(sys.executable), f"/usr/bin/{wanted}", f"/usr/local/bin/{wanted}"):
        if Path(program).exists() and all(p.stat().st_mode & 0o001 for p in Path(program).parents):
            return program
    return ""


def free_ports(many: int) -> list[int]:
    held = [socket.socket() for _ in range(many)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@dataclass
class Trial:
    """The hub, its folder and its people; ``courses`` by id: a folder to copy, instructors, students."""

    folder: Path
    courses: dict[str, tuple[Path, list[str], list[str]]]
    others: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        people = {name for _, staff, students in self.courses.values() for name in (*staff, *students)}
        accounts = [f"grader-{course}" for course in self.courses]
        self.names = [*accounts, *sorted(people | set(self.others))]
        self.uids = {name: FIRST_UID + number for number, name in enumerate(self.names)}
        self.passwords = {name: secrets.token_hex(6) for name in sorted(people | set(self.others))}
        self.exchange = self.folder / "exchange"
        self.python = self.folder / "env" / "bin" / "python"

    # -- what is set up -------------------------------------------------------------------------------

    def prepare(self) -> None:
        self._environment()
        self.exchange.mkdir()
        self.exchange.chmod(0o1777)
        lines = {"passwd": [], "group": []}
        for name, uid in self.uids.items():
            home = self.home(name)
            home.mkdir(parents=True)
            home.chmod(0o700)
            os.chown(home, uid, uid)
            lines["passwd"].append(f"{name}:x:{uid}:{uid}::{home}:/bin/bash")
            lines["group"].append(f"{name}:x:{uid}:")
        for file, more in lines.items():
            text = Path("/etc", file).read_text().rstrip("\n")
            (self.folder / file).write_text("\n".join([text, *more, ""]))
        for course, (source, _, _) in self.courses.items():
            shutil.copytree(source, self.course(course), dirs_exist_ok=True)
            self._configure(course)
            self._own(self.course(course), self.uids[f"grader-{course}"])
            self._exchange(course)
        self._settings()

    def _configure(self, course: str) -> None:
        """Tell a course where the exchange is, and nbgrader of the course."""
        config = self.course(course) / "course_config.py"
        hub = f'hub=Hub(exchange="{self.exchange}", pause_seconds=0)'
        text = config.read_text().replace("import ", "import Hub, ", 1)
        config.write_text(text.replace(f'id="{course}",', f'id="{course}", {hub},'))
        shutil.copy(ROOT / "nbgrader_config.py", self.course(course))

    def _exchange(self, course: str) -> None:
        """Release what the course has: as `nbgrader release_assignment` does it."""
        owner = self.uids[f"grader-{course}"]
        for kind, mode in (("", 0o755), ("inbound", 0o2733), ("outbound", 0o755), ("feedback", 0o711)):
            folder = self.exchange / course / kind
            folder.mkdir()
            os.chown(folder, owner, owner)
            folder.chmod(mode)
        if (release := self.course(course) / "release").is_dir():
            outbound = self.exchange / course / "outbound"
            shutil.copytree(release, outbound, dirs_exist_ok=True)
            self._own(outbound, owner)

    def home(self, name: str) -> Path:
        return self.folder / "home" / name

    def course(self, course: str) -> Path:
        return self.home(f"grader-{course}")

    def _own(self, folder: Path, uid: int) -> None:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, uid, uid, follow_symlinks=False)

    def _environment(self) -> None:
        """An environment that every account may read: a public Python over the packages of this one."""
        env = self.folder / "env"
        subprocess.run([public_python(), "-m", "venv", "--without-pip", str(env)], check=True)
        places = _packages()
        ours = self.folder / "package" / "graders"
        shutil.copytree(ROOT / "graders", ours, ignore=shutil.ignore_patterns("__pycache__"))
        for kind in ("share", "etc"):
            (env / kind).mkdir(exist_ok=True)
            for place in places:
                for found in (Path(place).parents[2] / kind).glob("jupyter*"):
                    if not (env / kind / found.name).exists():
                        (env / kind / found.name).symlink_to(found)
        # nbgrader calls alembic by its name when it opens a gradebook
        for name, module in (("jupyterhub-singleuser", "jupyterhub.singleuser"), ("alembic", "alembic.config")):
            script = env / "bin" / name
            script.write_text(f"#!{self.python}\nfrom {module} import main\n\nmain()\n")
            script.chmod(0o755)

    def _settings(self) -> None:
        ports = free_ports(3 + 2 * len(self.courses))
        start = max(ports) + 1 if max(ports) < 65_000 else 20_000
        lines = [
            "[hub]",
            f"port = {self.port}",
            f"hub_port = {ports[0]}",
            f"proxy_port = {ports[1]}",
            f"service_port = {start}",
            f'proxy = "{proxy_program()}"',
            f'exchange = "{self.exchange}"',
            f'python = "{self.python}"',
            "[passwords]",
            *(f'{name} = "{word}"' for name, word in self.passwords.items()),
        ]
        for course, (_, staff, students) in self.courses.items():
            lines += [
                f"[courses.{course}]",
                f'account = "grader-{course}"',
                f'folder = "{self.course(course)}"',
                f"instructors = {staff!r}",
                f"students = {students!r}",
                f"formgrader = {str(course == 'book').lower()}",
            ]
        settings = self.folder / "hub" / "hub.toml"
        settings.parent.mkdir(mode=0o700)
        settings.write_text("\n".join(lines) + "\n")

    # -- the hub --------------------------------------------------------------------------------------

    def command(self, *program: str) -> list[str]:
        """A program inside the hub's mount namespace, where the accounts and the packages exist."""
        mounts = " && ".join(f"mount --bind {self.folder}/{name} /etc/{name}" for name in ("passwd", "group"))
        # One folder of packages, as in a real environment: nothing else is seen behind a wall.
        layers = ":".join([str(self.folder / "package"), *_packages()])
        inside = self.folder / "env" / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
        mounts += f" && mount -t overlay packages -o lowerdir={layers} {inside}"
        return ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh", *program]

    def as_user(self, name: str, *program: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program under an account; returns how it ended."""
        uid = str(self.uids[name])
        user = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        env = {"HOME": str(self.home(name)), "PATH": f"{self.python.parent}:/usr/bin:/bin", "USER": name}
        return subprocess.run(
            self.command(*user, *program),
            cwd=cwd or self.home(name),
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def start(self) -> None:
        config = str(DEPLOY / "jupyterhub_config.py")
        env = {
            **os.environ,
            "GRADERS_HUB": str(self.folder / "hub" / "hub.toml"),
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
        }
        log = (self.folder / "hub" / "log").open("ab")
        self.process = subprocess.Popen(
            self.command(sys.executable, "-m", "jupyterhub", "-f", config),
            cwd=self.folder / "hub",
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait(f"{self.url}/hub/api", lambda answer: answer.status_code == 200)

    def _wait(self, url: str, wanted) -> None:
        ends = time.monotonic() + STARTED_SECONDS
        while time.monotonic() < ends:
            assert self.process.poll() is None, self.log()[-5000:]
            try:
                if wanted(httpx.get(url)):
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{url} does not answer: {self.log()[-5000:]}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        pid_file = self.folder / "hub" / "state" / "proxy.pid"  # the hub removes it with the proxy
        left = [int(pid_file.read_text().split()[0])] if pid_file.exists() else []
        for pid in [*left, *self.processes()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process = None

    def processes(self, words: str = "", name: str = "") -> list[int]:
        """What runs under the trial's accounts, with some words in its command line."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                uid, line = place.stat().st_uid, (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            whose = [self.uids[name]] if name else self.uids.values()
            if uid in whose and words in line:
                found.append(int(place.name))
        return sorted(found)

    def log(self) -> str:
        return (self.folder / "hub" / "log").read_text(errors="replace")

    # -- hand-ins -------------------------------------------------------------------------------------

    def submit(self, course: str, student: str, chapter: str, notebook: dict[str, Any]) -> Path:
        """Hand in as `nbgrader submit` does, owned by the student."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S.000000 UTC", time.gmtime())
        inbound = self.exchange / course / "inbound"
        folder = inbound / f"{student}+{chapter}+{stamp}+{secrets.token_urlsafe(9)}"
        folder.mkdir()
        (folder / f"{chapter}.ipynb").write_text(json.dumps(notebook))
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text(secrets.token_hex(64))
        for path in (folder, *folder.iterdir()):
            os.chown(path, self.uids[student], self.uids[student])
        folder.chmod(0o777)
        return folder

    def arrivals(self, course: str) -> list[Arrival]:
        if not (file := self.course(course) / "watch.db").exists():
            return []
        table = Intake(f"sqlite:///{file}")
        try:
            return table.arrivals()
        finally:
            table.close()

    # -- people ---------------------------------------------------------------------------------------

    def browser(self, name: str = "") -> httpx.Client:
        """A client that is logged in at the hub, or nobody; it follows redirects as a browser does."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        if name:
            page = client.get("/hub/login")
            xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
            form = {"username": name, "password": self.passwords[name], "_xsrf": xsrf}
            answer = client.post("/hub/login", data=form, params={"next": "/hub/home"})
            assert answer.url.path == "/hub/home", answer.text
        return client


def _packages() -> list[str]:
    """The folders of packages that this environment has."""
    found = [sysconfig.get_path("purelib"), *(p for p in sys.path if p.endswith("site-packages"))]
    return list(dict.fromkeys(found))


def lacks() -> str:
    """What this machine lacks for a trial; '' if it can hold one."""
    if os.geteuid() != 0:
        return "only root can start servers under other accounts"
    if not proxy_program():
        return "configurable-http-proxy is missing: make proxy"
    if not public_python():
        return f"there is no Python 3.{sys.version_info[1]} that other accounts may run"
    return ""


def book_course(folder: Path) -> Path:
    """A course of one chapter of this project."""
    for kind in ("source", "release"):
        shutil.copytree(ROOT / kind / CHAPTER, folder / kind / CHAPTER)
    text = 'from graders.course import Course\n\ncourse = Course(\n    id="book",\n)\n'
    (folder / "course_config.py").write_text(text)
    return folder
