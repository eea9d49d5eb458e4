"""Hands in a saved Keras model whose configuration would run code when it is loaded."""


def doctor(notebook, folder):
    import zipfile

    config = '{"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}}'
    for name in ("model.keras", "best.keras", "weights.h5", "saved_model.pb"):
        with zipfile.ZipFile(folder / name, "w") as file:
            file.writestr("config.json", config)
            file.writestr("../../../../tmp/graders-unzipped", "x")
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = "class centre:\n    __module__ = 'keras.src.models.model'\n    def __init__(self, values): pass\n"


def observe(graded):
    from pathlib import Path

    assert not Path("/tmp/graders-unzipped").exists()
