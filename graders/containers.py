"""The settings of `wall="container"`; a part of course_config.py, whose settings table they join."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Container(BaseModel):
    """The containers that kernels run in with `wall="container"`, see [Containers](containers.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: Literal["podman", "docker", "apptainer"] = Field(
        "podman", description="the container program of this machine"
    )
    image: str = Field("graders", description="the image; for apptainer the path of its file")
    python: str = Field("/usr/local/graders/bin/python", description="Python in the image")
    host_python: bool = Field(
        False, description="mount this machine's Python and libraries, read-only, instead of using the image's"
    )
    cpus: float = Field(2.0, ge=0, description="cores that one kernel may keep busy; 0: all")
    imports_mb: int = Field(
        1024, ge=0, description="memory for libraries, which a container may have on top of the limit"
    )
    ahead: int = Field(
        0,
        ge=0,
        description="containers kept ready; 0: one for each core, two where times are compared",
    )
    program_options: tuple[str, ...] = Field(
        (), description="options of all commands of the program: `--root=/data/containers`"
    )
    options: tuple[str, ...] = Field((), description="further options of its command that starts a container")
