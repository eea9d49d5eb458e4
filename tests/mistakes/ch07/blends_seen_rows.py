"""Trains blenders on rows the models have seen."""

ANSWER = "answers"

LOSES = {"answers_test": 0.125}

CODE = '''
ANSWERS = {}
ANSWERS = {
    "bagging_lowers": "variance",
    "one_bag_sample": "higher",
    "hard_to_parallelise": "boosting",
    "underfits": "more",
    "overfits": "down",
    "extra_thresholds": "random",
    "same_as_forest": "sqrt",
    "quarter": "bias",
    "soft_needs": "probabilities",
    "blend_rows": "seen",
    "useless_crowd": "identical",
    "xgboost_penalty": "leaf values",
    "stacking_needs": "scikit-learn",
}
'''
