"""Build self-assessment workbooks for the National Procurement Strategy, and read them back.

The public verbs and types, each importable from here, are those of ``__init__.pyi``.  What is behind one
is imported when it is first used::

    from nps_xlsx import Order, build_file, ingest, load_framework, load_register

    build_file(Order(load_framework(), load_register().find("Medway"), round="2026"), "workbooks")
    receipt = ingest("returns", "results")
"""

import lazy_loader

_attribute, _, _names = lazy_loader.attach_stub(__name__, __file__)
__all__ = [*_names, "__version__"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    if name != "__version__":
        return _attribute(name)
    from importlib.metadata import version

    return version("nps-xlsx")
