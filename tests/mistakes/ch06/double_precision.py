"""Compares the row in double precision."""

ANSWER = "open_box"

LOSES = {"explain_test": 0.375}

CODE = '''
def explain(X, y, x, max_depth=None):
    """Return (rules, counts): the path of x (n,) through a tree, and the training rows per class in its leaf."""
    tree = DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(X, y).tree_
    node, rules, x = 0, [], np.asarray(x, dtype=float)
    while tree.children_left[node] != -1:
        j, s = int(tree.feature[node]), float(tree.threshold[node])
        left = x[j] <= tree.threshold[node]
        rules.append((j, "<=" if left else ">", s))
        node = (tree.children_left if left else tree.children_right)[node]
    return rules, np.rint(tree.value[node, 0] * tree.n_node_samples[node]).astype(int)


def dot_text(X, y, feature_names, class_names, max_depth=2):
    """Return the Graphviz text of a classification tree."""
    model = DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(X, y)
    return export_graphviz(model, feature_names=feature_names, class_names=class_names, rounded=True, filled=True)


def plot_steps(X, y, max_depth=None):
    """Draw the points and the predictions of a regression tree as one line; return the Axes."""
    model = DecisionTreeRegressor(max_depth=max_depth, random_state=0).fit(X, y)
    x = np.linspace(X.min(), X.max(), 500)
    _, ax = plt.subplots(figsize=(5, 3))
    ax.scatter(X[:, 0], y, s=8, color="grey")
    ax.plot(x, model.predict(x[:, None]), "C1")
    ax.set_title(f"{model.get_n_leaves()} leaves")
    return ax
'''
