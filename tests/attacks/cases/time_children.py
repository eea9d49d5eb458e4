"""Leaves children in sessions of their own that sleep and burn when the notebook is long done."""

CODE = """
import os, subprocess, sys
for program in ("import time; time.sleep(1000)", "while True: pass") * 5:
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
"""
