"""Students import datasets first thing in a notebook: it must be light and free of side effects."""

from __future__ import annotations

import subprocess
import sys


def test_importing_datasets_imports_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from graders import datasets\n"
        "heavy = {'pandas', 'sklearn', 'scipy', 'keras', 'tensorflow', 'nbformat'}\n"
        "print(sorted(sys.modules.keys() & heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
