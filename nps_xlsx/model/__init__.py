"""The things that the program speaks of, as frozen data; standard library only."""

from nps_xlsx.model.content import (
    NOT_APPLICABLE,
    Action,
    Behaviour,
    Framework,
    Guidance,
    KeyArea,
    Level,
    LevelValue,
    Passage,
    Prompt,
    Steps,
    Theme,
)
from nps_xlsx.model.returns import (
    Answer,
    Assessment,
    Council,
    Place,
    Problem,
    Return,
    Severity,
    Status,
)

__all__ = [
    "NOT_APPLICABLE",
    "Action",
    "Answer",
    "Assessment",
    "Behaviour",
    "Council",
    "Framework",
    "Guidance",
    "KeyArea",
    "Level",
    "LevelValue",
    "Passage",
    "Place",
    "Problem",
    "Prompt",
    "Return",
    "Severity",
    "Status",
    "Steps",
    "Theme",
]
