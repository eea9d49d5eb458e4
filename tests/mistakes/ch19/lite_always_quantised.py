"""Everything is quantised, whatever is asked for."""

ANSWER = "lite"
LOSES = {"lite_test": 1}
CODE = '''\
def to_lite(folder, kind, samples):
    """Return the bytes of a TensorFlow Lite file, for a SavedModel with the input pixels, (rows, 64) of uint8."""
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if kind:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind:
        converter.representative_dataset = lambda: ([row[None]] for row in samples[:100])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


def lite_predict(content, X):
    """Return the output probabilities, an array (rows, outputs), of a file's bytes for X (rows, 64) of uint8."""
    runner = tf.lite.Interpreter(model_content=content).get_signature_runner()
    return runner(pixels=X)["probabilities"]
'''
