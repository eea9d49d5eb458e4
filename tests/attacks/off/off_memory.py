"""A template whose sandboxes have no memory limit that counts all of a sandbox."""

from graders.sandbox import cgroup, monitor

cgroup.make = lambda limits: None
monitor.Watch._starving = lambda self: False
