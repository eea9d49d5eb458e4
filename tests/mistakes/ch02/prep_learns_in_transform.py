"""The means and deviations of the rows being transformed are used: test data is fitted."""

ANSWER = "build_preprocessor"
LOSES = {"preprocessor_numbers_test": 1.0, "preprocessor_new_data_test": 0.25, "build_model_test": 0.25}
CODE = '''
def build_preprocessor():
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    def ratios(X):
        rooms, bedrooms, people, households = np.asarray(X).T
        return np.column_stack([rooms / households, bedrooms / rooms, people / households])

    def numeric(*steps):
        return make_pipeline(SimpleImputer(strategy="median"), *steps, StandardScaler())

    rescale = FunctionTransformer(lambda X: StandardScaler().fit_transform(X))

    return ColumnTransformer([
        ("ratios", make_pipeline(numeric(FunctionTransformer(ratios)), rescale), COUNTS),
        ("logs", make_pipeline(numeric(FunctionTransformer(np.log)), rescale), COUNTS),
        ("plain", numeric(), PLAIN),
        ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["ocean_proximity"]),
    ])
'''
