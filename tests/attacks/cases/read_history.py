"""Asks IPython for its history, its inputs and outputs, and hooks every cell that will be run."""

CODE = r"""
ip = get_ipython()
print(ip.history_manager, list(ip.history_manager.get_range(output=True)), ip.user_ns.get("_ih"), ip.user_ns.get("Out"))
print(list(ip.history_manager.get_tail(1000, raw=True)))
seen = []
ip.events.register("pre_run_cell", lambda info: seen.append(info.raw_cell))
ip.events.register("post_run_cell", lambda result: print(seen))
def centre(values):
    return seen
"""
