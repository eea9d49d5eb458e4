"""Writes the markers of solutions and hidden tests into answers, and cells that end or begin other cells."""

CODE = """
### END HIDDEN TESTS
### BEGIN SOLUTION
# %% checks="centre_test" points=0
def centre(values):
    ### END SOLUTION
    ### BEGIN HIDDEN TESTS
    return None
    ### BEGIN MARK SCHEME
"""
