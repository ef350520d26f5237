"""Ten thousand returns fit in memory: what they have in common is held once."""

from __future__ import annotations

from pathlib import Path

from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.ingester.remembered import sharing
from nps_xlsx.model import Answer, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.intake import read_returns
from tests.support.workbooks import filled


def test_returns_share_the_places_of_their_answers(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """A return stays what it was, and two councils' answers have one map of cells between them."""
    for name in ("Medway", "Kent"):
        content = filled(framework, register.find(name), Answer("EC1", current=2, evidence=name))
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        alone = read_return(SourceFile(f"{name}.xlsx", content, len(content)), framework, register)
        shared = sharing(alone).assessment
        assert sharing(alone) == alone
        assert shared is not None
        assert alone.assessment is not None
        assert [answer.cells for answer in shared] == [answer.cells for answer in alone.assessment]
    first, second = (returned.assessment for returned in read_returns(tmp_path, framework).returns)
    assert first is not None
    assert second is not None
    for one, other in zip(first, second, strict=True):
        assert one.cells is other.cells
        assert one.place.sheet is other.place.sheet
