"""Judges that give an interrupted call less time to stop: many attacks ignore the interrupt."""

from graders.bridge import remote

remote._GRACE_SECONDS = 0.4
