"""Raises in the middle of the judge's question, after calling back: KeyboardInterrupt, SystemExit, half an answer."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "search": """
import os, threading, _thread
class Rude(BaseException):
    pass
def search(loss, start):
    loss(1.0)
    threading.Timer(0.05, _thread.interrupt_main).start()
    try:
        loss(10**5)
    finally:
        raise Rude(Rude)
""",
}
