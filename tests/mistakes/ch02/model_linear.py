"""A straight line behind the preprocessor: the ripples of the map stay unexplained."""

ANSWER = "build_model"
LOSES = {"build_model_test": 1.0}
CODE = '''
def build_model():
    from sklearn.pipeline import make_pipeline

    return make_pipeline(build_preprocessor(), LinearRegression())
'''
