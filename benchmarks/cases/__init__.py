"""Every operation that is measured: a Benchmark with a name, in any module of this folder."""

import pkgutil
from importlib import import_module

from benchmarks.runner import Benchmark


def all_cases() -> dict[str, type[Benchmark]]:
    """Cases by name, in the order of the modules' names and, in a module, of the text."""
    found: dict[str, type[Benchmark]] = {}
    for module in pkgutil.iter_modules(__path__):
        for thing in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Benchmark) and thing.__dict__.get("name"):
                found[thing.name] = thing
    return found
