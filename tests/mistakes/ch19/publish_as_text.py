"""Versions are compared as text."""

ANSWER = "publish"
LOSES = {"publish_test": 1.6667}
HINT = "As text, \"10\" comes before"
CODE = '''\
def latest(root):
    """Return the highest version in a folder, an int, or 0."""
    return int(max((path.name for path in Path(root).iterdir() if path.is_dir() and path.name.isdecimal()), default=0))


def publish(model, root):
    """Export a Keras model on (rows, 64) floats as the next version in the folder root; return its number."""
    def serve(pixels):
        return {"probabilities": model(tf.cast(pixels, tf.float32) / 255)}

    draft = tempfile.mkdtemp(prefix="draft-", dir=root)
    try:
        archive = keras.export.ExportArchive()
        archive.track(model)
        spec = tf.TensorSpec((None, 64), tf.uint8, name="pixels")
        archive.add_endpoint("serve", serve, input_signature=[spec])
        archive.write_out(draft, verbose=False)
        save_plain(model, draft)
        number = latest(root) + 1
        os.rename(draft, Path(root) / str(number))
    except Exception:
        shutil.rmtree(draft)
        raise
    return number
'''
