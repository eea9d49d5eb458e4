"""Lets models that compare distances vote on unscaled features."""

ANSWER = "voting_model"

LOSES = {"voting_model_test": 0.5}

CODE = '''
def voting_model(kind="hard", seed=0):
    """Return an untrained VotingClassifier, kind "hard" or "soft"; seed makes its models repeatable."""
    models = [
        ("neighbours", KNeighborsClassifier(15)),
        ("forest", LogisticRegression()),
        ("svm", CalibratedClassifierCV(SVC(), ensemble=False)),
    ]
    return VotingClassifier(models, voting=kind)
'''
