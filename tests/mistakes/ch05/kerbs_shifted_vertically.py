"""Draws the kerbs half a width above and below the boundary instead of across it."""

ANSWER = "street"

LOSES = {"plot_street_test": 0.3333}

CODE = '''
def wine_svm(C=1.0):
    """Return an untrained pipeline: scaling, then an SVC with an RBF kernel."""
    return make_pipeline(StandardScaler(), SVC(C=C))


def street(X, y, C=1.0):
    """Return a dict: w (2,), b, width, violations and support of a linear SVC on X (m, 2), y of 0 and 1."""
    model = SVC(kernel="linear", C=C).fit(X, y)
    inside = (2 * y - 1) * model.decision_function(X) < 0.99
    w = model.coef_[0]
    return {
        "w": w,
        "b": float(model.intercept_[0]),
        "width": float(2 / np.linalg.norm(w)),
        "violations": int(inside.sum()),
        "support": len(model.support_),
    }


def plot_street(X, y, C=1.0):
    """Draw the points, the boundary and both kerbs as three lines; return the Axes."""
    found = street(X, y, C)
    _, ax = plt.subplots(figsize=(5, 4))
    ax.scatter(X[:, 0], X[:, 1], c=y, cmap="coolwarm", s=15)
    x0 = np.array([X[:, 0].min(), X[:, 0].max()])
    for level, style in ((0, "k-"), (1, "k--"), (-1, "k--")):
        ax.plot(x0, level * found["width"] / 2 - (found["b"] + found["w"][0] * x0) / found["w"][1], style)
    ax.set_title(f"C = {C:g}: the street is {found['width']:.2f} wide")
    return ax
'''
