"""The loaded model is not compiled, so it cannot be evaluated."""

ANSWER = "save"
LOSES = {"save_test": 0.5}
CODE = '''\
def save_model(model, name):
    """Save the model as a .keras file called name in the current folder and return the file's name."""
    path = f"{name}.keras"
    model.save(path)
    return path


def load_saved(path):
    """Return the compiled model that was saved in the file."""
    return keras.models.load_model(path, compile=False)
'''
