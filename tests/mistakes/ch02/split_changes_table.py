"""The helper column is dropped from the parts but stays in the table of the caller."""

ANSWER = "stratified_split"
LOSES = {"stratified_split_more_test": 0.25}
CODE = '''
def stratified_split(frame, bins, test_size, seed):
    frame["group"] = pd.cut(frame["median_income"], bins, labels=False)
    train, test = train_test_split(frame, test_size=test_size, stratify=frame["group"], random_state=seed)
    return train.drop(columns="group"), test.drop(columns="group")
'''
