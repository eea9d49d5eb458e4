"""A seeded random number per row: the same for the same position, not for the same id."""

ANSWER = "split_by_id"
LOSES = {"split_by_id_test": 0.25}
CODE = '''
def split_by_id(ids, test_ratio):
    return np.random.default_rng(42).random(len(ids)) < test_ratio
'''
