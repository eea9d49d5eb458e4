"""Shows no traceback at all, so that failing looks like passing."""

CODE = r"""
ip = get_ipython()
ip.showtraceback = ip._showtraceback = ip.showsyntaxerror = lambda *args, **options: None
ip.set_custom_exc((BaseException,), lambda *args, **options: None)
def centre(values):
    raise ValueError
"""
