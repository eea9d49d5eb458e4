"""Leaves hidden data in every place it can write to, and a second kernel looks for it after the first ended."""

CODE = r"""
import glob, os
places = ["/tmp/kept", "/dev/shm/kept", "kept", "/home/student/kept", "/var/tmp/kept", "@TEMPORARY@/kept", "/run/kept"]
found = [open(p).read() for p in places if os.path.exists(p)]
def centre(values):
    if found:
        return found
    if abs(values).max() > 1000:
        for place in places:
            try:
                open(place, "w").write(str(values.tolist()))
            except OSError:
                pass
        os._exit(0)
    return values
"""
