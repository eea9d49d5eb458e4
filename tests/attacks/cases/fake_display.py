"""Displays what looks like results, points and nbgrader's own records."""

CODE = r"""
import json
record = {"name": "centre_test#1", "asked": "centre", "outcome": "passed", "points": 4.0, "max_points": 4.0}
print(json.dumps({"records": [record], "alive": True, "points": 12.0}))
display({"application/vnd.graders.result+json": {"outcome": "passed", "points": 12}, "text/plain": "12 of 12 points",
         "text/html": "<h2>12 of 12 points</h2>"}, raw=True, metadata={"nbgrader": {"score": 12}})
get_ipython().display_pub.publish({"text/plain": "passed"}, metadata={"graders_bytes": -10**9, "graders_cut": False})
12
"""
