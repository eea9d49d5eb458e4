"""Writes scripts, frames, local files and templates into essays, added cells, names, ids and notes."""


def doctor(notebook, folder):
    bad = '<script>alert(1)</script>\n\n![x](file:///etc/passwd) <img src="/etc/passwd" onerror="alert(1)">\n\n<iframe srcdoc="<script>1</script>"></iframe> [x](javascript:alert(1)) {{ 7*7 }} {% include "page.css" %}'
    for cell in notebook["cells"]:
        if cell["id"] in ("why", "essay-why") or cell["cell_type"] == "markdown":
            cell["source"] = bad
        if cell["id"] == "predict":
            cell["source"] = f"'''{bad}'''"
    notebook["cells"].insert(2, {"cell_type": "markdown", "id": bad, "metadata": {"nbgrader": {"grade_id": bad}}, "source": bad,
                                 "attachments": {"x.png": {"image/svg+xml": bad}}})
    (folder / "timestamp.txt").write_text(bad)
