"""What every page is made of: its look, its policy, and the parts of the report page."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from nps_xlsx.excel import styles

_HERE = Path(__file__).parent / "page"


@cache
def part(name: str) -> str:
    """The text of a part of the report page."""
    return (_HERE / name).read_text(encoding="utf-8")


def policy(*programs: str) -> str:
    """Only these programs run; style attributes are allowed, since the charts' library writes them."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in programs)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; {rest}"


def root() -> str:
    """The colours and typeface of all documents, as variables of the style sheet."""
    colours = {
        "ink": styles.INK,
        "quiet": styles.QUIET_INK,
        "paper": styles.PAPER,
        "accent": styles.ACCENT,
        "on-accent": styles.ON_ACCENT,
        "band": styles.BAND,
        "rule": styles.RULE,
        "now": styles.CURRENT_COLOUR,
        "target": styles.TARGET_COLOUR,
        **{f"step-{number}": colour for number, colour in enumerate(styles.RAMP, start=1)},
        **{f"step-{number}-ink": colour for number, colour in enumerate(styles.RAMP_INK, start=1)},
    }
    lines = "".join(f"--{name}: {value};" for name, value in colours.items())
    return f":root {{ {lines} --font: {styles.FONT}, Helvetica, 'Liberation Sans', sans-serif; }}\n"
