"""Put the project's own pages on the site: each is written once, where people look for it."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
PAGES = {
    "README.md": "index.md",
    "DECISIONS.md": "explanation/decisions.md",
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
}
"""Files of the repository's first folder, and where they stand on the site."""

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)[^)\s#]+")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside docs/."""
    for source, target in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, target, content=relinked(text, source, target)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of docs/ to such files lead to their pages."""
    target = page.file.src_uri
    return markdown if target in PAGES.values() else relinked(markdown, f"docs/{target}", target)


def relinked(text: str, source: str, target: str) -> str:
    """A page's links as they are right on the site; in the repository they start from ``source``."""
    here, there = PurePosixPath(source).parent, PurePosixPath("docs", target).parent

    def moved(link: re.Match[str]) -> str:
        meant = normpath(str(here / link[0]))
        return relpath(f"docs/{PAGES[meant]}" if meant in PAGES else meant, there)

    return _LINK.sub(moved, text)
