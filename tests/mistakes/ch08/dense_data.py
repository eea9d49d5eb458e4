"""Thinks that more columns make data denser."""

ANSWER = "answers"

LOSES = {"answers_test": 0.1875}

CODE = '''
ANSWERS = {}
ANSWERS = {
    "many_columns": "denser",
    "faster_training": "usually",
    "axis_sign": "harmless",
    "not_centred": "mean",
    "for_plots": "2",
    "best_for_clusters": "t-SNE",
    "poor_scaling": "LLE",
    "keeps_path_lengths": "Isomap",
    "knows_labels": "LDA",
    "jl_depends_on": "rows",
    "larger_than_memory": "IncrementalPCA",
    "kernel_trick": "without the map",
}
'''
