"""Judges that show the values of visible checks even after hidden data was sent."""

from graders import sites

sites.Ledger._censored = lambda self, verdict: verdict
