"""The model is saved in the old HDF5 format, which cannot bring its loss back."""

ANSWER = "save"
LOSES = {"save_test": 1.0}
CODE = '''\
def save_model(model, name):
    """Save the model as a .keras file called name in the current folder and return the file's name."""
    path = f"{name}.h5"
    model.save(path)
    return path


def load_saved(path):
    """Return the compiled model that was saved in the file."""
    return keras.models.load_model(path)
'''
