"""A pipeline of its own that cannot handle a category it has not seen."""

ANSWER = "build_model"
LOSES = {"build_model_test": 0.25}
CODE = '''
def build_model():
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    encode = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["ocean_proximity"]), remainder="passthrough"
    )
    return make_pipeline(encode, HistGradientBoostingRegressor(random_state=0))
'''
