"""The fixed words of the Committee page: the builder writes them, the ingester recognises them."""

from __future__ import annotations

HEADINGS = {
    "theme": "Theme",
    "strengths": "Strengths",
    "level": "Current level",
    "next": "Next steps",
    "top": "First actions",
    "due": "Due by the end of",
    "later": "Later",
    "undated": "No date",
}
DUE, DUE_DONE = "Actions due", "Of these done"
NO_STRENGTH, NO_STEP, NO_ACTION = (
    "Nothing answered yet.",
    "No behaviour is below its target yet.",
    "No behaviour below its target has actions that are not done.",
)
WHOLE_IN_PLAN = "… (whole in the plan)"
NOTE = (
    "Strengths are the highest levels; of equals, those in the key area with the highest average. Next steps "
    "and actions are the first of the action plan."
)
