"""Files in, returns out: containers, reading, locating, values, assembling.

Reading one file is a pure function from its bytes to a return, so that it can be mapped
over a pool; whatever is wrong with the file becomes problems in that return.  What is behind each
name of ``__init__.pyi`` is imported when it is first used: the reading process needs no more than reads.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
