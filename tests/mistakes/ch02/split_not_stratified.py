"""A plain random split that ignores the income groups."""

ANSWER = "stratified_split"
LOSES = {"stratified_split_test": 0.5}
CODE = '''
def stratified_split(frame, bins, test_size, seed):
    train, test = train_test_split(frame, test_size=test_size, random_state=seed)
    return train, test
'''
