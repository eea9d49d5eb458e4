"""Lets three copies of one model vote."""

ANSWER = "voting_model"

LOSES = {"voting_model_test": 0.25}

CODE = '''
def voting_model(kind="hard", seed=0):
    """Return an untrained VotingClassifier, kind "hard" or "soft"; seed makes its models repeatable."""
    models = [
        ("forest two", RandomForestClassifier(60, min_samples_leaf=3, random_state=seed + 1)),
        ("forest", RandomForestClassifier(60, min_samples_leaf=3, random_state=seed)),
        ("forest three", RandomForestClassifier(60, min_samples_leaf=3, random_state=seed + 2)),
    ]
    return VotingClassifier(models, voting=kind)
'''
