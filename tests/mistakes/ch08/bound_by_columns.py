"""Lets the bound of random projections depend on the number of columns."""

ANSWER = "answers"

LOSES = {"answers_test": 0.1875}

CODE = '''
ANSWERS = {}
ANSWERS = {
    "many_columns": "sparser",
    "faster_training": "usually",
    "axis_sign": "harmless",
    "not_centred": "mean",
    "for_plots": "2",
    "best_for_clusters": "t-SNE",
    "poor_scaling": "LLE",
    "keeps_path_lengths": "Isomap",
    "knows_labels": "LDA",
    "jl_depends_on": "columns",
    "larger_than_memory": "IncrementalPCA",
    "kernel_trick": "without the map",
}
'''
