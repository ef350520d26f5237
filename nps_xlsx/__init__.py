"""Build self-assessment workbooks for the National Procurement Strategy, and read them back.

The public verbs and types, each importable from here, are those of ``__init__.pyi``.  What is behind one
is imported when it is first used::

    from nps_xlsx import Order, build_file, ingest, load_framework, load_register

    build_file(Order(load_framework(), load_register().find("Medway"), round="2026"), "workbooks")
    receipt = ingest("returns", "results")
"""

from importlib.metadata import version

import lazy_loader

__version__ = version("nps-xlsx")
__getattr__, _, _names = lazy_loader.attach_stub(__name__, __file__)
__all__ = [*_names, "__version__"]


def __dir__() -> list[str]:
    return __all__
