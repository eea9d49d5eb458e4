"""Forgets that alpha ends at C."""

ANSWER = "dual"

LOSES = {"dual_test": 1.5}

CODE = '''
def fit_dual(K, t, C=1.0, rounds=500):
    """Return alpha (m,) that maximises the dual for the kernel K (m, m) and the signs t (m,)."""
    alpha, f = np.zeros(len(t)), np.zeros(len(t))
    for _ in range(rounds):
        for i in range(len(t)):
            new = max(alpha[i] + (1 - t[i] * f[i]) / K[i, i], 0.0)
            if new != alpha[i]:
                f += (new - alpha[i]) * t[i] * K[i]
                alpha[i] = new
    return alpha


def dual_decision(alpha, t, K_new):
    """Return the decision function (k,) of new rows from their kernel with the training rows, K_new (k, m)."""
    return K_new @ (alpha * t)


def svc_decision(support_vectors, dual_coef, intercept, gamma, X):
    """Return the decision function (m,) of an RBF SVC that has learnt these values."""
    return (dual_coef @ rbf_gram(support_vectors, X, gamma) + intercept).ravel()
'''
