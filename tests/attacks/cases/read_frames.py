"""Walks all frames of all threads, with inspect and without, and prints what is in them."""

CODE = r"""
import inspect, sys
for info in inspect.stack(context=50):
    print(info.filename, info.code_context, str(info.frame.f_locals)[:2000])
for frame in sys._current_frames().values():
    while frame is not None:
        print(frame.f_code.co_names, frame.f_code.co_consts)
        frame = frame.f_back
"""
