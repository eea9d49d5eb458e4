"""Asks the grader's own machine for files by HTML, Markdown, magics and links in outputs."""

CODE = r"""
from IPython.display import HTML, IFrame, Image, Markdown, display
paths = ["/etc/shadow", "@NEIGHBOUR@/ch01_victim.ipynb", "@COURSE@/course_config.py", "file://@COURSE@/source/ch01_victim.py"]
for path in paths:
    display(HTML(f'<img src="{path}"><link rel=stylesheet href="{path}"><object data="{path}"></object>'))
    display(Markdown(f"![x]({path})"), IFrame(path, 10, 10))
    for read in (lambda: Image(filename=path), lambda: get_ipython().run_line_magic("load", path), lambda: open(path).read(), lambda: get_ipython().system(f"cat {path}")):
        try:
            print(read())
        except Exception as error:
            print(type(error).__name__)
"""


def observe(graded):
    assert "root:" not in graded.json
