"""The rows are renumbered, so nobody can tell which district went where."""

ANSWER = "stratified_split"
LOSES = {"stratified_split_more_test": 0.25}
CODE = '''
def stratified_split(frame, bins, test_size, seed):
    group = pd.cut(frame["median_income"], bins)
    train, test = train_test_split(frame, test_size=test_size, stratify=group, random_state=seed)
    return train.reset_index(drop=True), test.reset_index(drop=True)
'''
