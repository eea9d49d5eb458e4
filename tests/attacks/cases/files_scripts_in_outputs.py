"""Displays scripts, frames and links as HTML, SVG, JavaScript, LaTeX and Markdown, hoping a teacher or student looks."""

CODE = r"""
bad = '<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="file:///etc/passwd"></iframe><a href="javascript:alert(1)">x</a>'
svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><image href="file:///etc/passwd"/><foreignObject>' + bad + '</foreignObject></svg>'
display({"text/html": bad, "text/plain": bad, "image/svg+xml": svg, "application/javascript": "alert(1)", "text/markdown": bad + "[x](javascript:alert(1))",
         "text/latex": r"\href{javascript:alert(1)}{x}", "image/png": '"><script>alert(1)</script>'}, raw=True)
display({"image/svg+xml": svg}, raw=True)
display({"image/png": "x\" onerror=\"alert(1)"}, raw=True)
print(bad)
raise type("<script>alert(1)</script>", (Exception,), {})(bad)
"""
