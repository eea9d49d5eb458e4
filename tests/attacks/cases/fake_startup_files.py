"""Hands in files that Python, numpy or the kernel would run or import instead of the real ones."""


def doctor(notebook, folder):
    evil = "import builtins\nbuiltins.evil = True\nprint('EVIL')\n"
    (folder / "evil.pth").write_text("import builtins; builtins.evil = True")
    for name in ("sitecustomize.py", "usercustomize.py", "numpy.py", "pandas.py", "graders.py", "json.py", "zmq.so"):
        (folder / name).write_text(evil)
    for package in ("graders", "ipykernel", ".ipython/profile_default/startup", "IPython"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").write_text(evil)
    (folder / ".ipython/profile_default/startup/00.py").write_text(evil)
    (folder / "ipython_config.py").write_text("c.InteractiveShellApp.exec_lines = ['print(\"EVIL\")']")
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = "import builtins\nprint(hasattr(builtins, 'evil'), np.__file__)"


def observe(graded):
    assert "False" in graded.printed() and "EVIL" not in graded.json.replace("print('EVIL')", "")
    assert sum("take the place" in note for note in graded.result.notebooks[0].notes) >= 6
