"""Files in, returns out: containers, reading, locating, values, assembling.

Reading one file is a pure function from its bytes to a return, so that it can be mapped
over a pool; whatever is wrong with the file becomes problems in that return.
"""

from nps_xlsx.ingester.assemble import read_return
from nps_xlsx.ingester.containers import SourceFile, collect
from nps_xlsx.ingester.reading.process import ReadingProcess

__all__ = ["ReadingProcess", "SourceFile", "collect", "read_return"]
