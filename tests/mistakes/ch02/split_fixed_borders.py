"""Borders written into the function instead of the ones it is given."""

ANSWER = "stratified_split"
LOSES = {"stratified_split_test": 0.5}
CODE = '''
def stratified_split(frame, bins, test_size, seed):
    group = pd.cut(frame["median_income"], [0, 1.5, 3.0, 4.5, 6.0, np.inf])
    train, test = train_test_split(frame, test_size=test_size, stratify=group, random_state=seed)
    return train, test
'''
