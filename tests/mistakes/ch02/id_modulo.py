"""The ids are used as if they were hashes: the share is wrong when they have gaps."""

ANSWER = "split_by_id"
LOSES = {"split_by_id_more_test": 0.25}
CODE = '''
def split_by_id(ids, test_ratio):
    return np.asarray(ids) % 100 < 100 * test_ratio
'''
