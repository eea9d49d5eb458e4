"""Text that is no text: half characters in sources, names and ids, which cannot be written as UTF-8."""


def doctor(notebook, folder):
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = "# \ud800 \udfff\nvalue = '\udc80'"
        elif cell["cell_type"] == "markdown":
            cell["source"] += " \ud800"
    notebook["cells"].append({"cell_type": "code", "id": "\ud800", "metadata": {}, "outputs": [], "source": "'\ud83d'"})
