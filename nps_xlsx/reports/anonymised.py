"""A copy of a return without its words, so that others can see how it is read; its structure stays.

Every text in the archive is replaced unless it is one of the workbook's own, and parts that are not markup
are emptied.  Levels, dates, short numbers and Refs stay, and so do stamps, made out to an invented council.
"""

from __future__ import annotations

import calendar
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from xml.sax.saxutils import escape

from nps_xlsx.ingester.containers.kinds import Format, recognise
from nps_xlsx.ingester.ours import our_texts, words_of
from nps_xlsx.ingester.preflight import Parts, preflight
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.stamp import StampError, parse_stamp
from nps_xlsx.workbook.values import key_of

INVENTED = (("Z06000001", "Exampleton"), ("Z06000002", "Sampleborough"), ("Z07000001", "Mockford"))
"""Councils of ``samples/synthetic-councils.csv``, which replace those of the file in this order."""

_CLEANED = re.compile(
    r"(xl/(workbook|sharedStrings|styles|calcChain|comments|(worksheets|chartsheets|drawings|charts|tables|theme"
    r"|threadedComments|persons|externalLinks|_rels)/).*|(docProps|META-INF|_rels)/.*|\[Content_Types\]|content"
    r"|styles|meta|Object .*)\.(xml|rels|vml)",
    re.IGNORECASE,
)
"""Parts whose texts we know how to replace; every other part is emptied."""
# Each takes what it can and gives nothing back: linear. What is not closed ends with the text.
_TOKEN = re.compile(
    r"""<!--(?:(?!-->).)*+(?:-->)?|<!\[CDATA\[(?:(?!\]\]>).)*+(?:\]\]>)?"""
    r"""|<(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|[^<]++""",
    re.DOTALL,
)
_TAG = re.compile(r"<(/?)(?:\w+:)?([\w-]+)")
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
# What Excel writes for a character, a code of a header, or a word.
_WORD = re.compile(r"_x[0-9A-Fa-f]{4}_|&(?:K[0-9A-Fa-f]{6}|[A-Z]|\d{1,3})|[^\W_]+")
_IN_FORMULA = re.compile(r"""(["'])(.*?)\1|[^\W\d][\w.]{3,}(?![\w.(])""")
_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}|nps_\w+|_xlnm\.\w+", re.IGNORECASE)
_VALUE = re.compile(r"-?\d{1,5}(\.\d+)?(E[+-]?\d+)?|\d{4}-\d\d-\d\d(T[\d:.]+Z?)?|#[A-Z/0!?]+")
"""A number too short for a telephone, a date, or an error."""
_SHORT = re.compile(r"\d{0,2}[¼½¾]|\d{1,2}|(?:19|20)\d\d")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")

_WHOLE = {"si", "is", "table-cell"}
"""Elements whose texts belong together, in several fonts or paragraphs."""
_AS_THEY_ARE = {"Application", "AppVersion", "generator", "created", "modified", "creation-date", "date"}
"""Elements that say which program saved the file, and when."""
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "sqref"}
_FORMULA_ATTRIBUTES = re.compile(r"formula|condition|address|range|sqref|ref$|expression", re.IGNORECASE)
_NAMES = re.compile(
    r"(table:|draw:|office:|meta:)?(display-)?name|(office:|table:|xlink:)title|office:string-value|xlink:href"
    r"|displayName|user(Name|Id)|author|title|descr|alt|tooltip|display|location|prompt(Title)?|error(Title)?"
    r"|description|comment|help|codeName|text|url|v"
)
"""Attributes that hold what somebody wrote."""
_NAMING = {"filter", "customFilter", "sheetName"}
"""Elements in which every attribute does."""
_STRUCTURE = ("xmlns", "mc:Ignorable", "Requires", "xsi:", "Type", "ContentType", "PartName", "spans")
_SMALL_WORDS = (
    "level between and or to not n a na none page of st nd rd th true false http https mailto file www"
)


_ONLY = "Only a whole .xlsx, .xlsm or .ods can be anonymised. Save the return as .xlsx, and give that."
_OF_STAMPS = "nps template round sheet check respondent asked last with review"


@dataclass(frozen=True)
class Anonymised:
    """The copy, and the parts that were emptied because they cannot be cleaned."""

    content: bytes
    emptied: tuple[str, ...]


def anonymised(content: bytes, framework: Framework, register: Register) -> Anonymised:
    """A copy of a return without its words, each council of the ``register`` replaced by an invented one.

    Raises:
        UserError: it is not a whole .xlsx, .xlsm or .ods, the formats whose parts are markup.
    """
    try:
        parts = _looked_over(content)
    except RefusedError:
        raise UserError(_ONLY) from None
    cleaner, emptied, copy = _Cleaner(framework, register), [], io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            if _CLEANED.fullmatch(name) and _is_text(content):
                content = cleaner.part(content)
            elif content and name != "mimetype":
                emptied.append(name)
                content = b"<emptied/>" if name.lower().endswith("xml") else b""
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            written.writestr(zipfile.ZipInfo(name), content, packing)
    return Anonymised(copy.getvalue(), tuple(emptied))


def _looked_over(content: bytes) -> Parts:
    if recognise("", content).format not in (Format.XLSX, Format.ODS):
        raise UserError(_ONLY)
    return preflight(content)


@dataclass
class _Cleaner:
    framework: Framework
    register: Register
    councils: dict[str, tuple[str, str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ours = our_texts(self.framework)
        self.literals = " ".join(part for parts in self.ours.templates for part in parts)
        labels = (*(one.label for one in self.framework.levels), layout.NOT_APPLICABLE_LABEL)
        offered = (*layout.PRIORITIES, *layout.STATUSES, *layout.YES_NO)
        texts = (*labels, *offered, *calendar.month_name, *calendar.month_abbr)
        self.kept = {word.casefold() for text in (*texts, _SMALL_WORDS) for word in _WORD.findall(text)}
        self.kept |= {row.code.casefold() for row in self.framework.rows}
        self.codes = {
            key_of(name): one.gss_code
            for one in self.register.councils
            for name in (one.name, one.short_name, *one.alternative_names)
        }
        self.numbers = count()

    def part(self, content: bytes) -> bytes:
        """A part without its words."""
        return "".join(self._markup(content.decode("utf-8-sig"))).encode()

    def _markup(self, text: str) -> Iterator[str]:
        held: list[tuple[str, str]] = []  # texts with the element that they stand in, tags with none
        within = [""]
        for token in _TOKEN.findall(text):
            if tag := _TAG.match(token):
                held.append(("", self._tag(tag[2], token)))
                if tag[1]:
                    within.pop()
                elif not token.endswith("/>"):
                    within.append(tag[2])
                if _WHOLE.isdisjoint(within):
                    yield from self._held(held)
                    held = []
            elif token.startswith("<![CDATA["):
                held.append((within[-1], escape(token[9:-3])))
            elif token.startswith("<?xml ") or not token.startswith("<"):
                held.append((within[-1], token))

    def _held(self, held: list[tuple[str, str]]) -> Iterator[str]:
        """Tags as they are, and the texts between them: ours if they are so together, else replaced."""
        whole = "".join(html.unescape(text) for element, text in held if element)
        is_ours = words_of(whole) in self.ours.whole
        for element, text in held:
            yield text if not element or is_ours else _escaped(self._content(element, html.unescape(text)))

    def _content(self, element: str, text: str) -> str:
        if element in _AS_THEY_ARE or _VALUE.fullmatch(text.strip()):
            return text
        return self.formula(text) if element in _FORMULAS else self.text(text)

    def _tag(self, element: str, tag: str) -> str:
        is_outside = 'TargetMode="External"' in tag

        def cleaned(attribute: re.Match[str]) -> str:
            name, quoted = attribute.groups()
            value = html.unescape(quoted[1:-1])
            if _NAMES.fullmatch(name) or (is_outside and name == "Target") or (element in _NAMING):
                value = value if _CELL.fullmatch(value) else self.text(value)
            elif name == "formatCode":
                value = re.sub(r'"[^"]*"', lambda literal: self.text(literal[0]), value)
            elif _FORMULA_ATTRIBUTES.search(name):
                value = self.formula(value)
            elif not name.startswith(_STRUCTURE) and (" " in value.strip() or not value.isascii()):
                value = _LONG_WORD.sub(lambda word: self._word(word[0]), value)
            return f'{name}="{_escaped(value)}"'

        return _ATTRIBUTE.sub(cleaned, tag)

    def formula(self, text: str) -> str:
        """A formula with its functions, its cells and our own names kept."""

        def cleaned(found: re.Match[str]) -> str:
            if found[1]:
                return f"{found[1]}{self.text(found[2])}{found[1]}"
            return found[0] if _CELL.fullmatch(found[0]) else self.text(found[0])

        return _IN_FORMULA.sub(cleaned, text)

    def text(self, text: str) -> str:
        """Our own text as it is; a stamp or council's name for the invented council; other words replaced."""
        if words_of(text) in self.ours.whole or _CELL.fullmatch(text):
            return text
        if code := self.codes.get(key_of(text)):
            return self._invented(code)[1]
        try:
            stamp = parse_stamp(text)
        except StampError:
            return self._words(text, _OF_STAMPS)
        if stamp:
            code = self._invented(stamp.gss_code)[0]
            return str(replace(stamp, gss_code=code, respondent=self._words(stamp.respondent)))
        return self._words(text, self.literals if self.ours.has(text) else "")

    def _invented(self, code: str) -> tuple[str, str]:
        return self.councils.setdefault(code, INVENTED[min(len(self.councils), len(INVENTED) - 1)])

    def _words(self, text: str, literals: str = "") -> str:
        """Every word replaced, except our own around what was filled in."""
        return _WORD.sub(lambda word: word[0] if words_of(word[0]) in literals else self._word(word[0]), text)

    def _word(self, word: str) -> str:
        """Another word of the same length, always the same for the same word."""
        if word.startswith(("_", "&")) or word.casefold() in self.kept or _SHORT.fullmatch(word):
            return word
        if word.upper() in self.register.by_code:
            return self._invented(word.upper())[0]
        key = word.casefold()
        if key not in self.made:
            digits = "0123456789" if key.isdigit() else "abcdefghijklmnopqrstuvwxyz"
            number, base = next(self.numbers), len(digits)
            self.made[key] = "".join(
                digits[number // base**place % base] for place in reversed(range(len(word)))
            )
        made = self.made[key]
        return made.upper() if word.isupper() else made.capitalize() if word[0].isupper() else made


def _is_text(content: bytes) -> bool:
    try:
        return bool(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})
