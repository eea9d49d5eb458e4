"""The first rows of the table become the test set, whatever their ids."""

ANSWER = "split_by_id"
LOSES = {"split_by_id_test": 0.5}
CODE = '''
def split_by_id(ids, test_ratio):
    return np.arange(len(ids)) < test_ratio * len(ids)
'''
