"""The heavy-tailed counts are only standardised."""

ANSWER = "build_preprocessor"
LOSES = {"preprocessor_numbers_test": 0.5}
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

    return ColumnTransformer([
        ("ratios", numeric(FunctionTransformer(ratios)), COUNTS),
        ("logs", numeric(), COUNTS),
        ("plain", numeric(), PLAIN),
        ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["ocean_proximity"]),
    ])
'''
