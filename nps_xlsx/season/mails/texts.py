"""The texts of mails: templates in the folder of the round, each of which makes plain text and HTML.

A template is Jinja2 and light Markdown; its first line is the subject.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt

from nps_xlsx.excel.styles import INK
from nps_xlsx.model.errors import UserError
from nps_xlsx.reports.reply import WIDTH
from nps_xlsx.season.mails.kinds import FOLDER, MailKind, our_text, our_texts

_SUBJECT = "Subject:"
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|]")
"""What light Markdown gives a meaning to within a line."""
_LIST = re.compile(r"\s*(?:[-*] |[0-9]{1,3}[.)] )|\s+|#")
"""How a line begins that is not one of a paragraph's."""


class TextError(UserError):
    """A text that cannot be used, with its file and line."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says."""

    subject: str
    plain: str
    html: str


class Texts:
    """The texts of a round: those in its folder, and the program's own where the folder has none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        loader = FunctionLoader(self._loaded)
        self._plain, self._escaped = (
            SandboxedEnvironment(
                undefined=StrictUndefined,
                loader=loader,
                trim_blocks=True,
                lstrip_blocks=True,
                finalize=finalize,
            )
            for finalize in (None, _escaped)
        )

    def __call__(self, kind: MailKind, values: Mapping[str, Any]) -> Text:
        """The text of one mail, filled in.

        Raises:
            TextError: it cannot be read, has a fault, or uses a name that is not among the values.
        """
        subject, plain = self._filled(self._plain, kind, values)
        marked_subject, marked = self._filled(self._escaped, kind, values)
        return Text(subject, _wrapped(plain), _page(marked, marked_subject))

    def _loaded(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = self._folder / name
        try:
            source = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            source = our_text(name) if name in our_texts() else ""
        except UnicodeDecodeError:
            raise TextError(f"{path} cannot be read as text. Save it as UTF-8 text.") from None
        except OSError as error:
            raise TextError(f"{path} cannot be read ({error.strerror}). Check the folder.") from None
        return (source, str(path), lambda: True) if source else None

    def _filled(
        self, environment: SandboxedEnvironment, kind: MailKind, values: Mapping[str, Any]
    ) -> tuple[str, str]:
        """The subject, and what follows it."""
        path = self._folder / f"{kind}.txt"
        try:
            text = environment.get_template(path.name).render(values)
        except TemplateNotFound as error:
            raise TextError(f"{self._place(path, error)}: there is no text {error.message!r} here.") from None
        except TemplateError as error:
            raise TextError(f"{self._place(path, error)}: {_what(error, values)}") from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise TextError(f"{self._place(path, error)}: {error}. Correct that line.") from None
        first, _, rest = text.strip().partition("\n")
        if not first.startswith(_SUBJECT) or not first.removeprefix(_SUBJECT).strip():
            raise TextError(f'{path}, line 1: it must be the subject, as in "{_SUBJECT} Your workbook".')
        if not rest.strip():
            raise TextError(f"{path}: nothing stands below the subject. Write the text of the mail there.")
        return " ".join(first.removeprefix(_SUBJECT).split()), rest.strip() + "\n"

    def _place(self, path: Path, error: Exception) -> str:
        """The file and line of a fault: of the innermost text in which it came up."""
        if isinstance(error, TemplateSyntaxError):
            return f"{error.filename or path}, line {error.lineno}"
        place, trace = str(path), error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if Path(file).parent == self._folder:
                place = f"{file}, line {trace.tb_lineno}"
            trace = trace.tb_next
        return place


def _escaped(value: object) -> object:
    """A value that is not to be taken for Markdown, though what a line begins with may make it a list."""
    return _MARKUP.sub(r"\\\g<0>", value) if isinstance(value, str) else value


def _what(error: TemplateError, values: Mapping[str, Any]) -> str:
    reason = (error.message or "it cannot be used").rstrip(".")
    return f"{reason}. Correct that line. The names that there are: {', '.join(sorted(values))}."


def _wrapped(text: str) -> str:
    """The text in lines that survive a mail; the lines of a list stay apart."""
    return "\n\n".join(map(_block, re.split(r"\n{2,}", text.strip()))) + "\n"


def _block(block: str) -> str:
    lines = block.splitlines()
    if not any(map(_LIST.match, lines)):
        lines = [" ".join(lines)]
    return "\n".join(line if len(line) <= WIDTH else _shortened(line) for line in lines)


def _shortened(line: str) -> str:
    mark = _LIST.match(line)
    indent = " " * len(mark[0]) if mark else ""
    return textwrap.fill(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


_PAGE = """\
<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: Arial, Helvetica, sans-serif; font-size: 11pt; line-height: 1.45; color: {ink}; \
background: #FFFFFF; max-width: 42em">
{body}</body>
</html>
"""


def _page(markdown: str, subject: str) -> str:
    reader = MarkdownIt("commonmark", {"html": False})
    return _PAGE.format(ink=INK, title=reader.renderInline(subject), body=reader.render(markdown))
