"""What container programs are told: every promise is in the command line of each."""

from graders.sandbox.runtimes import DOOR, RUNTIMES, Start

START = Start(
    name="graders-1-1",
    owner="1:1",
    image="sha256:abc",
    command=("python3", "-m", "graders.sandbox.inside", "numpy"),
    user=1_000_001,
    memory_mb=3000,
    disk_mb=256,
    processes=130,
    open_files=768,
    cpus=2.0,
    mounts=(("/outside/door", DOOR, "ro"),),
    environment={"HOME": "/home/student"},
    gpus=("0:1",),
)
PROMISED = {
    "podman": [
        "--network=none",
        "--read-only",
        "--cap-drop=all",
        "--security-opt=no-new-privileges",
        "--user=1000001:1000001",
        "--memory=3000m",
        "--memory-swap=3000m",
        "--pids-limit=130",
        "--cpus=2",
        "--ulimit=nofile=768:768",
        "--ulimit=nproc=130:130",
        "--pull=never",
        "--device=nvidia.com/gpu=0:1",
        f"--volume=/outside/door:{DOOR}:ro",
    ],
    "docker": ["--network=none", "--read-only", "--cap-drop=all", "--pids-limit=130", '--gpus="device=0:1"'],
    "apptainer": ["--containall", "--network=none", "--no-privs", "--memory=3000M", "--pids-limit=130", "--nv"],
}


def test_every_promise_is_in_the_command_line():
    for name, runtime in RUNTIMES.items():
        command = runtime.run(START)
        assert [option for option in PROMISED[name] if option not in command] == [], name
        assert command[0] == name
        image = command.index("sha256:abc")
        assert command[-1] == "numpy" and image < len(command) - 1
        assert not any("abc" in option for option in command[:image])


def test_a_plain_users_container_runs_as_that_user_and_counts_no_other_processes_of_theirs():
    plain = RUNTIMES["podman"].run(Start(**{**START.__dict__, "as_root": False, "tmpfs": ("/tmp",)}))
    assert "--userns=keep-id" in plain
    assert not any(option.startswith("--ulimit=nproc") for option in plain)
    assert "--tmpfs=/tmp:rw,nosuid,nodev,size=256m,mode=1777" in plain
