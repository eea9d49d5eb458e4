"""Predictions are shifted to the mean of the batch they are asked for with."""

ANSWER = "build_model"
LOSES = {"build_model_test": 0.25}
CODE = '''
def build_model():
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    rescale = FunctionTransformer(lambda Z: np.hstack([Z[:, :7] - Z[:, :7].mean(axis=0), Z[:, 7:]]))
    return make_pipeline(build_preprocessor(), rescale, HistGradientBoostingRegressor(random_state=0))
'''
