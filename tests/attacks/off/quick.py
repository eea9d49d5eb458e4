"""Judges that give an interrupted call less time to stop: many attacks ignore the interrupt, and the suite is long."""

from graders.bridge import remote

remote._GRACE_SECONDS = 0.4
