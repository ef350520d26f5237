"""Turning many responses into tables: every figure of every report, with the count it rests on."""

from nps_xlsx.figures.frames import UNKNOWN, accepted, council_label
from nps_xlsx.figures.returned import Asked, response_rates
from nps_xlsx.figures.tables import Tables, consolidate

__all__ = [
    "UNKNOWN",
    "Asked",
    "Tables",
    "accepted",
    "consolidate",
    "council_label",
    "response_rates",
]
