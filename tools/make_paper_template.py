"""Make the template of the Word papers: Word's own styles by name, in the house's typeface and colours.

Run ``python -m tools.make_paper_template`` after a change of colours or sizes: a test compares the two.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from nps_xlsx.excel import styles
from nps_xlsx.reports.papers.document import LEAD, NOTE, TABLE_TEXT, TEMPLATE
from nps_xlsx.reports.papers.word_parts import settled

LANGUAGE = "en-GB"

_TABLE_SIZE = 9
_KEPT = {
    *("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Footer", "List Bullet", "Strong"),
    *("Default Paragraph Font", "Normal Table", "No List", "Table Grid"),
}
_UNWANTED = ("w:pBdr", "w:ind", "w:contextualSpacing")
_UNUSED_PARTS = ("customXml", "thumbnail", "stylesWithEffects", "extended-properties")
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")
_CELL_MARGINS = {"top": 40, "left": 85, "bottom": 40, "right": 85}  # twentieths of a point


def template() -> bytes:
    """The template as .docx: A4 upright, with its styles and its footer, and nothing said in it."""
    document = Document()
    _styles(document)
    _page(document)
    _footer(document)
    _properties(document)
    saved = io.BytesIO()
    document.save(saved)
    return settled(saved.getvalue())


# --- The page and the file


def _page(document: DocumentType) -> None:
    [section] = document.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(15)
    section.footer_distance = section.header_distance = Mm(8)


def _footer(document: DocumentType) -> None:
    """Which page it is, behind a run for the paper's subject."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run()
    for text, code in (("    Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(text)
        field = f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        paragraph._p.append(parse_xml(field))


def _properties(document: DocumentType) -> None:
    """Title and language; python-docx's own document says who made it, and that it was in 2013."""
    core = document.core_properties
    core.title, core.language, core.revision = "Paper on a self-assessment", LANGUAGE, 1
    core.author = core.last_modified_by = core.keywords = core.comments = ""
    for name in ("dcterms:created", "dcterms:modified"):
        core._element.remove(core._element.find(qn(name)))
    for part in (document.part, document.part.package):
        for key, link in list(part.rels.items()):
            if any(name in link.reltype or name in str(link.target_ref) for name in _UNUSED_PARTS):
                del part.rels[key]


# --- Styles


def _styles(document: DocumentType) -> None:
    """Keep the styles that papers use, and give them the house's looks."""
    named = document.styles
    for style in list(named):
        if style.name not in _KEPT:
            style.delete()
    _unlink(document)
    _defaults(document)
    _text(named["Normal"], styles.BODY_SIZE, after=6)
    _text(named["Title"], 20, styles.ACCENT, is_bold=True, after=4)
    _text(named["Subtitle"], 12, styles.QUIET_INK, after=12)
    _text(named["Heading 1"], 15, styles.ACCENT, is_bold=True, before=14, after=6)
    _text(named["Heading 2"], 12, styles.ACCENT, is_bold=True, before=10, after=4)
    _text(named["Footer"], 9, styles.QUIET_INK)
    _text(named["List Bullet"], styles.BODY_SIZE, after=3, keeps_indent=True)
    for name, size in ((TABLE_TEXT, _TABLE_SIZE), (LEAD, _TABLE_SIZE), (NOTE, styles.SMALL_SIZE)):
        made = named.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = named["Normal"]
        ink = styles.QUIET_INK if name == NOTE else styles.INK
        _text(made, size, ink, is_bold=name == LEAD, after=6 if name == NOTE else 1, before=1)
    _table(named["Table Grid"])


def _unlink(document: DocumentType) -> None:
    """Let nothing that is kept point at a style that is not."""
    for root, tag in (
        (document.styles.element, "w:link"),
        (document.part.numbering_part.element, "w:pStyle"),
    ):
        for found in list(root.iter(qn(tag))):
            if found.get(qn("w:val")) != "ListBullet":
                found.getparent().remove(found)


def _defaults(document: DocumentType) -> None:
    """One typeface and British English, for whatever no style says otherwise of."""
    root = document.styles.element
    run = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    fonts, language = run.find(qn("w:rFonts")), run.find(qn("w:lang"))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), styles.FONT)
    for kind in ("val", "eastAsia"):
        language.set(qn(f"w:{kind}"), LANGUAGE)
    settings = document.settings.element
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), LANGUAGE)
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(
                qn("w:val"), "15"
            )  # Word 2013 and later; without it, "Compatibility Mode" in the title


def _text(
    style: Any,
    size: int,
    ink: str = styles.INK,
    *,
    is_bold: bool = False,
    before: int = 0,
    after: int = 0,
    keeps_indent: bool = False,
) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = styles.FONT, Pt(size), is_bold, False
    font.color.rgb = RGBColor.from_string(ink.removeprefix("#"))
    _plain_fonts(style)
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.1
    properties = style.element.get_or_add_pPr()
    for tag in _UNWANTED[: 1 if keeps_indent else None]:
        for found in properties.findall(qn(tag)):
            properties.remove(found)


def _plain_fonts(style: Any) -> None:
    """The named typeface in every script, not the theme's, and no letter-spacing."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), styles.FONT)
    for tag in ("w:spacing", "w:kern"):
        for found in properties.findall(qn(tag)):
            properties.remove(found)


def _table(style: Any) -> None:
    """Thin rules, and a little room in each cell."""
    properties = style.element.find(qn("w:tblPr"))
    borders, margins = properties.find(qn("w:tblBorders")), properties.find(qn("w:tblCellMar"))
    for name in _BORDERS:
        borders.find(qn(f"w:{name}")).set(qn("w:color"), styles.RULE.removeprefix("#"))
    for side, width in _CELL_MARGINS.items():
        margins.find(qn(f"w:{side}")).set(qn("w:w"), str(width))


if __name__ == "__main__":
    Path(str(TEMPLATE)).write_bytes(template())
