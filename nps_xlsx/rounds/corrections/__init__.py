"""What the analyst decided about returns, as data: answers corrected, and problems let pass.

Both stand in CSV files, each row with its reason.  What was done is told in the return that
it was done to; what met nothing is given back.
"""

from nps_xlsx.rounds.corrections.correcting import apply_corrections, without_effect
from nps_xlsx.rounds.corrections.loading import load_corrections, load_waivers
from nps_xlsx.rounds.corrections.rulings import Correction, Waiver, met_nothing
from nps_xlsx.rounds.corrections.waiving import apply_waivers

__all__ = [
    "Correction",
    "Waiver",
    "apply_corrections",
    "apply_waivers",
    "load_corrections",
    "load_waivers",
    "met_nothing",
    "without_effect",
]
