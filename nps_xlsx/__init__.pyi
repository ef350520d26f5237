from .builder import Order as Order, build_file as build_file, build_workbook as build_workbook
from .framework import FrameworkError as FrameworkError, load_framework as load_framework
from .ingester import ReadingProcess as ReadingProcess, SourceFile as SourceFile, read_return as read_return
from .ingester.reading.readers import ClusterError as ClusterError, Readers as Readers
from .ingester.refusal import RefusedError as RefusedError
from .model import (
    Action as Action,
    Answer as Answer,
    Assessment as Assessment,
    Behaviour as Behaviour,
    Council as Council,
    Framework as Framework,
    Guidance as Guidance,
    KeyArea as KeyArea,
    Level as Level,
    MaturityIndex as MaturityIndex,
    OtherText as OtherText,
    Passage as Passage,
    Place as Place,
    Problem as Problem,
    Prompt as Prompt,
    Question as Question,
    Received as Received,
    Return as Return,
    Severity as Severity,
    Status as Status,
    TextKind as TextKind,
    Theme as Theme,
)
from .model.errors import UserError as UserError
from .register.councils import (
    FormerCouncil as FormerCouncil,
    Register as Register,
    load_list as load_list,
    load_register as load_register,
)
from .register.successions import Succession as Succession, load_successions as load_successions
from .reports.ingest import Receipt as Receipt, ingest as ingest
from .reports.outputs import Scope as Scope, Written as Written, write_outputs as write_outputs
from .reports.papers import Paper as Paper, make_paper as make_paper, paper_files as paper_files
from .rounds.check import check_assessment as check_assessment, check_return as check_return
from .rounds.combine import Combined as Combined
from .rounds.corrections import (
    Correction as Correction,
    Waiver as Waiver,
    load_corrections as load_corrections,
    load_waivers as load_waivers,
)
from .rounds.intake import Intake as Intake, Rulings as Rulings, read_returns as read_returns
from .rounds.late import CutOff as CutOff
from .rounds.responses import load_previous as load_previous, load_responses as load_responses
from .rounds.sent_again import Keep as Keep
from .season.folder import Round as Round
from .season.frames import load_tables as load_tables

__version__: str
__all__: list[str]
