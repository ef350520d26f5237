"""What the analyst decided about returns, as data: answers corrected, and problems waived.

Both are in CSV files, each row with its reason.  What was done is noted in the return that it was
done to; rulings that applied to nothing are reported.
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
