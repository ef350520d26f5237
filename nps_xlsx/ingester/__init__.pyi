from .assemble import read_return as read_return
from .containers import SourceFile as SourceFile
from .containers import collect as collect
from .reading.process import ReadingProcess as ReadingProcess
