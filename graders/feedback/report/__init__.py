"""The class report: what a chapter's results say about its students, its exercises and its checks."""
