"""Uses notebook metadata to choose kernels, languages, widgets, formats and settings of tools on the way."""


def doctor(notebook, folder):
    notebook["metadata"] = {
        "kernelspec": {"name": "../../evil", "display_name": "x", "language": "bash", "argv": ["sh", "-c", "id"]},
        "language_info": {"name": "R", "file_extension": "/../../x"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": {"model_module": "evil"}}}},
        "jupytext": {"formats": "ipynb,../../evil//py", "cell_metadata_filter": "all"},
        "nbgrader": {"score": 12}, "celltoolbar": "<script>alert(1)</script>", "graders_bytes": -1,
    }
    for cell in notebook["cells"]:
        cell["metadata"].update(graders_bytes=-(10**9), graders_cut=False, tags=["skip", "raises-exception", "remove"], editable="x")
    notebook["nbformat"], notebook["nbformat_minor"] = 3, -1
