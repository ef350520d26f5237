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
    *("reviewer_level", "reviewer_comment", "status", "review_date", "discuss"),
    *("answered_by", "answered_on", "objective", "reach_by"),
    *("date_completed", "combined", "may_be_named", "reviewed_on"),
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
    names = ["Level 1", *names[1:]] if draw(some) else names  # of others it would say the first
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True))
    root: dict[str, Any] = {key: f"Made-up {key}" for key in ("title", "short_title", "copyright")} | {
        "edition": "made-up-1",
        "guidance": "guidance.toml",
        "levels": [{"number": number, "name": name} for number, name in enumerate(names, start=1)],
    }
    optional: dict[str, st.SearchStrategy[Any]] = {
        "publisher": st.just("Made-up publisher"),
        "published": st.just("June"),
        "subject": st.sampled_from(["ICT", "parks"]),
        "principle": st.just("Guiding idea"),
        "good": st.integers(1, len(names)),
        "targets": st.just("Aim for the moon."),
        "actions": st.just("actions.toml"),
    }
    root |= {key: draw(values) for key, values in optional.items() if draw(some)}
    files: dict[str, dict[str, Any]] = {"framework.toml": root, "guidance.toml": guidance()}
    areas: list[dict[str, Any]] = []
    for code in codes:
        done = sum(len(area["behaviours"]) for area in areas)
        whole = "actions" not in root or draw(some)
        rows = [
            _row(code, number, done, names if whole else ())
            for number in range(1, draw(st.integers(1, 3)) + 1)
        ]
        helps = {
            "description": f"{code} as such.",
            "what_it_is": f"{code} it is.",
            "footnote": f"{code} at the foot.",
        }
        area = {"code": code, "name": f"Área of {code}", "sheet": f"Área {code}", "behaviours": rows}
        ladder = {"principle": _ladder(f"{code} whole", names)} if draw(some) else {}
        areas.append(area | ladder | {key: text for key, text in helps.items() if draw(some)})
    if "actions" in root:
        kinds = ["own", "published"] if draw(some) else ["own"]
        all_rows = [row["code"] for area in areas for row in area["behaviours"]]
        files["actions.toml"] = {code: _steps(code, names, kinds) for code in all_rows}
    if draw(some):
        files["index.toml"] = _index(areas[0], len(names))
    ends = sorted(draw(st.lists(st.integers(0, len(areas)), min_size=2, max_size=2)))
    kinds_of_area = {
        "first": areas[: ends[0]],
        "second": areas[ends[0] : ends[1]],
        "unthemed": areas[ends[1] :],
    }
    if len(kinds_of_area["unthemed"]) > 1 and draw(some):
        root["enablers"] = "foundations.toml"
        files["foundations.toml"] = {"key_areas": [kinds_of_area["unthemed"].pop()]}
    for kind, held in kinds_of_area.items():
        if held and kind == "unthemed":
            root["areas"] = "unthemed.toml"
            files["unthemed.toml"] = {"key_areas": held}
        elif held:
            root.setdefault("themes", []).append(f"{kind}.toml")
            files[f"{kind}.toml"] = {"name": f"Field of {kind}", "key_areas": held}
    return files


def _row(code: str, number: int, done: int, names: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": f"{code}{number}",
        "value_code": done + number,
        "name": f"Thing {code}{number} & all",
        "short_name": f"Thing {code}{number}",
    }
    if not names:
        return row
    return row | {"summary": f"How {code}{number} is done.", "descriptors": _ladder(f"{code}{number}", names)}


def _index(area: Mapping[str, Any], levels: int) -> dict[str, Any]:
    labels = ("organisation", "present", "future", "now", "next", "remark")
    return {
        "title": "Made-up index",
        "plan": "Plan of it",
        "key_area": area["code"],
        "levels": [f"Rung {number}" for number in range(1, levels + 1)],
        "fill_to": "own",
        "note": "A note.",
        "beyond": "Beyond",
        "labels": {label: f"Its {label}" for label in labels},
        "questions": [
            {"ref": row["code"], "letter": "Q", "name": row["name"], "short": row["short_name"]}
            for row in area["behaviours"]
        ],
    }


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
            "sender": "Those at {contact}",
            "no_sender": "We",
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
