"""The page of the Python API, from the public names, their signatures and docstrings."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import nps_xlsx

_HEAD = """# Python API

Whatever the commands do, a notebook can do: they are thin, and call these functions. All names are imported
from `nps_xlsx`; what is not here may change in any version.

    from pathlib import Path
    from nps_xlsx import Order, build_workbook, load_framework, load_register

    order = Order(load_framework(), load_register().find("Medway"), round="2026")
    Path("medway.xlsx").write_bytes(build_workbook(order))

When returns have come in, read them, and write a paper for each council:

    from nps_xlsx import ingest, load_responses, make_paper, paper_files

    receipt = ingest("returns", "results")
    assert receipt.answers_present == receipt.answers_read + receipt.answers_refused + receipt.answers_aside
    for response in load_responses("results"):
        paper = make_paper(response.assessment, style="committee")
        for name, content in paper_files(paper, response.assessment.gss_code).items():
            Path(name).write_bytes(content)

What came back as data frames, for a round's folder or for results by themselves; `samples/results.ipynb`
goes on from there:

    from nps_xlsx import Round, load_tables

    answers = Round("2026").answers
    means = answers.groupby("key_area")["current"].mean()
    problems = load_tables("results")["problems"]

Where framework and register are left out, they are those that come with the program. A path may be a text.
An error that the caller can mend is a `UserError`, and says what to do.
"""


def api_page() -> str:
    """The page of functions, types and errors."""
    things = {name: getattr(nps_xlsx, name) for name in sorted(nps_xlsx.__all__, key=str.lower)}
    errors = {name: one for name, one in things.items() if _is_error(one)}
    types = {name: one for name, one in things.items() if isinstance(one, type) and name not in errors}
    functions = {name: one for name, one in things.items() if inspect.isfunction(one)}
    parts = [_HEAD]
    for heading, group in (("Functions", functions), ("Types", types), ("Errors", errors)):
        parts.append(f"## {heading}\n")
        parts.extend(f"### {name}\n\n{_entry(name, thing)}\n" for name, thing in group.items())
    return "\n".join(parts)


def _is_error(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Exception)


def _entry(name: str, thing: Any) -> str:
    if inspect.isfunction(thing):
        return f"{_call(name, thing)}\n\n{_prose(thing)}"
    if issubclass(thing, enum.Enum):
        return f"{_prose(thing)}\n\nOne of {', '.join(f'`{one.value}`' for one in thing)}."
    parts = [_prose(thing)]
    if dataclasses.is_dataclass(thing):
        parts.append(_fields(thing))
    parts.extend(_members(thing))
    return "\n\n".join(part for part in parts if part)


def _call(name: str, function: Callable[..., object]) -> str:
    """How a function is called, a line for each of its arguments."""
    signature = inspect.signature(function)
    lines: list[str] = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and "    *," not in lines:
            lines.append("    *,")
        lines.append(f"    {one.name}: {one.annotation}{_default(one.default, one.empty)},")
    return textwrap.indent("\n".join([f"{name}(", *lines, f") -> {signature.return_annotation}"]), "    ")


def _default(value: object, none: object) -> str:
    """A default as it is written; one that is made or found at run time is only said to be there."""
    if value is none or value is dataclasses.MISSING:
        return ""
    return f" = {value!r}" if value in ((), "") or isinstance(value, int | str | None) else " = …"


def _fields(thing: Any) -> str:
    meanings = _meanings(thing)
    rows = [
        f"| `{one.name}` | `{_cell(str(one.type))}` | {_cell(meanings.get(one.name, ''))} |"
        for one in dataclasses.fields(thing)
        if not one.name.startswith("_")
    ]
    return "\n".join(["| field | type | holds |\n| --- | --- | --- |", *rows])


def _meanings(thing: type) -> dict[str, str]:
    """What is written below a field in the class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    return {
        field.target.id: said.value.value
        for body in ast.walk(tree)
        if isinstance(body, ast.ClassDef)
        for field, said in pairwise(body.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
        if isinstance(said.value.value, str)
    }


def _members(thing: type) -> Iterator[str]:
    """Public methods and properties, each with the first sentence of its docstring."""
    rows = []
    for name, member in vars(thing).items():
        function = _function(member)
        if function and not name.startswith("_"):
            called = (
                name if isinstance(member, property | cached_property) else f"{name}({_arguments(function)})"
            )
            rows.append(f"| `{_cell(called)}` | {_cell((inspect.getdoc(function) or '').splitlines()[0])} |")
    if rows:
        yield "\n".join(["| member | gives |\n| --- | --- |", *rows])


def _function(member: object) -> Callable[..., object] | None:
    if isinstance(member, property):
        return member.fget
    if isinstance(member, cached_property):
        return member.func
    return member if inspect.isfunction(member) else None


def _arguments(function: Callable[..., object]) -> str:
    return ", ".join(name for name in inspect.signature(function).parameters if name != "self")


def _cell(text: str) -> str:
    """A text for one cell of a table."""
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def _prose(thing: object) -> str:
    """A docstring as Markdown; the errors that it names become a list."""
    text, _, raised = (inspect.getdoc(thing) or "").replace("``", "`").partition("Raises:\n")
    if not raised:
        return text
    errors = re.sub(r"\n {4,}", " ", textwrap.dedent(raised)).splitlines()
    listed = "\n".join("* " + re.sub(r"^([\w, ]+):", r"`\1`:", error) for error in errors if error)
    return f"{text.rstrip()}\n\nRaises:\n\n{listed}"
