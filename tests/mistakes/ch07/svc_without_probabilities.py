"""Uses an SVC that has no probabilities, so that soft voting fails."""

ANSWER = "voting_model"

LOSES = {"voting_model_test": 0.5}

CODE = '''
def voting_model(kind="hard", seed=0):
    """Return an untrained VotingClassifier, kind "hard" or "soft"; seed makes its models repeatable."""
    models = [
        ("neighbours", make_pipeline(StandardScaler(), KNeighborsClassifier(15))),
        ("forest", RandomForestClassifier(60, min_samples_leaf=3, random_state=seed)),
        ("svm", make_pipeline(StandardScaler(), SVC())),
    ]
    return VotingClassifier(models, voting=kind)
'''
