"""Thinks that averaging lowers bias, and that one bootstrap tree is as good as any."""

ANSWER = "answers"

LOSES = {"answers_test": 0.125}

CODE = '''
ANSWERS = {}
ANSWERS = {
    "bagging_lowers": "bias",
    "one_bag_sample": "lower",
    "hard_to_parallelise": "boosting",
    "underfits": "more",
    "overfits": "down",
    "extra_thresholds": "random",
    "same_as_forest": "sqrt",
    "quarter": "bias",
    "soft_needs": "probabilities",
    "blend_rows": "not seen",
    "useless_crowd": "identical",
    "xgboost_penalty": "leaf values",
    "stacking_needs": "scikit-learn",
}
'''
