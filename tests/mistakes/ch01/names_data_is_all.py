"""Concludes that algorithms never matter, and that batch systems learn in service."""

ANSWER = "names"

LOSES = {"methods_test": 0.4}

CODE = '''
KINDS = dict.fromkeys("abcdefghi")
REASONS = dict.fromkeys("abcde")
METHODS = dict.fromkeys(
    "linear regression,logistic regression,k-nearest neighbours,support vector machine,decision tree,random forest,"
    "neural network,k-means,DBSCAN,hierarchical clustering,one-class SVM,isolation forest,PCA,kernel PCA,"
    "locally linear embedding,t-SNE,Apriori,Eclat".split(",")
)
TERMS = dict.fromkeys("abcde")
CLAIMS = dict.fromkeys("abcdefgh")
KINDS |= {"a": "supervised", "b": "unsupervised", "c": "semi-supervised", "d": "reinforcement"}
KINDS |= {"e": "self-supervised", "f": "supervised", "g": "unsupervised", "h": "transfer", "i": "semi-supervised"}
REASONS = {"a": "rules", "b": "complex", "c": "changing", "d": "insight", "e": "formula"}
FAMILIES = ["predict"] * 7 + ["cluster"] * 3 + ["odd rows"] * 2 + ["reduce"] * 4 + ["rules"] * 2
METHODS = dict(zip(METHODS, FAMILIES))
TERMS = {"a": "agent", "b": "environment", "c": "reward", "d": "action", "e": "policy"}
CLAIMS = {"a": True, "b": True, "c": True, "d": True, "e": True, "f": True, "g": True, "h": False}
'''
