"""Made-up frameworks: levels with any names, areas with and without what they may do without."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Files = Mapping[str, Mapping[str, Any]]
"""The files of a framework's folder by their name."""

NAMES = (
    "Débutant",
    "Ad hoc/none",
    "Well-managed",
    "Leader (sector)",
    "Seven7",
    "Not started",
    "Λίγο",
    "開始",
    "Начало, план",
    "Good to great",
    "Équipe & co",
    "नौसिखिया",
    'Say "ready"',
    "Step: one.5",
    "Bold <b>",
    "Ünder $100",
)
CODES = ("A", "NPS", "R", "VCSE", "TABLES", "XFD", "ABCDEFGH", "NA")
PROMPTS = (
    *("current", "target", "evidence", "actions", "owner", "due_date", "priority"),
    *("reviewer_level", "reviewer_comment", "date_completed", "combined"),
)


def write_framework(folder: Path, files: Files) -> Path:
    """Write a framework's folder and give it back."""
    folder.mkdir()
    for name, content in files.items():
        text = "\n".join(f"{_toml(key)} = {_toml(value)}" for key, value in content.items())
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _toml(value: object) -> str:
    """A value in one line; texts, numbers and lists are written as JSON writes them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


@st.composite
def frameworks(draw: st.DrawFn) -> Files:
    """The files of a framework: two to seven levels, one to four areas, with and without the rest."""
    some = st.booleans()
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    names = (
        ["Level 1", *names[1:]] if draw(some) else names
    )  # of the first only: as a name of others it says the first
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True))
    kinds = ["own", "published"] if draw(some) else ["own"]
    areas: list[dict[str, Any]] = []
    for code in codes:
        done = sum(len(area["behaviours"]) for area in areas)
        areas.append(
            _area(code, draw(st.integers(1, 3)), done, names, has_ladder=draw(some), helps=draw(some))
        )
    enablers = areas.pop() if len(areas) > 1 and draw(some) else None
    apart = draw(st.integers(1, len(areas)))
    themes = {"first.toml": areas[:apart], "second.toml": areas[apart:]}
    root: dict[str, Any] = {
        **{key: f"Made-up {key}" for key in ("title", "short_title", "publisher", "published", "copyright")},
        "edition": "made-up-1",
        "guidance": "guidance.toml",
        "themes": [name for name, held in themes.items() if held],
        "levels": [{"number": number, "name": name} for number, name in enumerate(names, start=1)],
    }
    optional: dict[str, st.SearchStrategy[Any]] = {
        "subject": st.sampled_from(["ICT", "parks"]),
        "principle": st.just("Guiding idea"),
        "good": st.integers(1, len(names)),
        "targets": st.just("Aim for the moon."),
        "actions": st.just("actions.toml"),
    }
    root |= {key: draw(values) for key, values in optional.items() if draw(some)}
    files: dict[str, dict[str, Any]] = {"framework.toml": root, "guidance.toml": guidance()}
    files |= {
        name: {"name": f"Field of {name[:-5]}", "key_areas": held} for name, held in themes.items() if held
    }
    if enablers:
        root["enablers"] = "foundations.toml"
        files["foundations.toml"] = {"key_areas": [enablers]}
    if "actions" in root:
        rows = [
            row["code"] for area in [*areas, *([enablers] if enablers else [])] for row in area["behaviours"]
        ]
        files["actions.toml"] = {code: _steps(code, names, kinds) for code in rows}
    return files


def _area(
    code: str, count: int, done: int, names: Sequence[str], *, has_ladder: bool, helps: bool
) -> dict[str, Any]:
    rows = [
        {
            "code": f"{code}{number}",
            "value_code": done + number,
            "name": f"Thing {code}{number} & all",
            "short_name": f"Thing {code}{number}",
            "summary": f"How {code}{number} is done.",
            "descriptors": _ladder(f"{code}{number}", names),
        }
        for number in range(1, count + 1)
    ]
    area = {
        "code": code,
        "name": f"Área of {code}",
        "sheet": f"Área {code}",
        "description": f"{code} as such.",
    }
    area |= {"what_it_is": f"{code} it is.", "footnote": f"{code} at the foot."} if helps else {}
    ladder = {"principle": _ladder(f"{code} whole", names)} if has_ladder else {}
    return {**area, **ladder, "behaviours": rows}


def _ladder(what: str, names: Sequence[str]) -> dict[str, str]:
    return {name.lower(): f"{what} à {number}." for number, name in enumerate(names, start=1)}


def _steps(code: str, names: Sequence[str], kinds: Sequence[str]) -> dict[str, Any]:
    return {
        name.lower(): {kind: [f"Do {kind} for {code} up to {number}."] for kind in kinds}
        for number, name in enumerate(names[1:], start=2)
    }


def guidance() -> dict[str, Any]:
    """What a made-up framework's workbook says: a text of every kind."""
    kinds = ("full", "part", "council", "respondent", "prefilled", "review")
    passages = [{"label": f"Of {kind}", "text": f"Words on {kind}.", "when": kind} for kind in kinds]
    return {
        "title": "Made-up self-assessment",
        "subtitle": "{council}, round {round}",
        "privacy": "Nobody reads this.",
        "before": passages,
        "steps": [{"label": "1. Fill in", "text": "Fill in{due} and send{return_to}."}],
        "about": [{"label": "Use", "text": "{privacy}"}, {"label": "Ask", "text": "{contact}"}],
        "words": {
            "due": " by {date}",
            "return_to": " to {address}",
            "contact": "Ask {contact}.",
            "no_contact": "Ask us.",
            "from_last_round": "Of round {round}: ",
        },
        "key_area": {
            "how": "Read, then choose.",
            "headings": {
                "description": "About it",
                "what_it_is": "What it is",
                "why_it_is_important": "Why",
                "how": "How",
            },
        },
        "prompts": {key: {"title": f"On {key}", "text": f"Words on {key}."} for key in PROMPTS},
    }
