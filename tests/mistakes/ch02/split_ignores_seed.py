"""The draw always uses 42, whatever seed is asked for."""

ANSWER = "stratified_split"
LOSES = {"stratified_split_more_test": 0.25}
CODE = '''
def stratified_split(frame, bins, test_size, seed):
    group = pd.cut(frame["median_income"], bins)
    train, test = train_test_split(frame, test_size=test_size, stratify=group, random_state=42)
    return train, test
'''
