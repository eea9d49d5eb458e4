"""Hooks imports: whatever is imported next comes from the attacker."""

CODE = r"""
import builtins, importlib.abc, importlib.machinery, sys
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name.startswith(("graders", "sklearn", "nbgrader")) else None
    def exec_module(self, module):
        module.__getattr__ = lambda name: lambda *args, **options: True
sys.meta_path.insert(0, Finder())
real = builtins.__import__
builtins.__import__ = lambda name, *args, **options: real(name, *args, **options)
sys.path_hooks.insert(0, lambda path: Finder())
"""
