"""Which council an unreadable file is from: by its name, or by an address in the list of those asked.

That does not make it a return.  The council stays on the list of those that have not returned, with
what came instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nps_xlsx.ingester.containers.letters import addresses, domain_of
from nps_xlsx.model import Council, Place, Return
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook.names import by_file_name

_NOBODYS = {"file-own-output", "file-of-the-system"}
"""Files that no council sent, whatever they are called."""

_EVERYBODYS = """
aol.co.uk aol.com btinternet.com btopenworld.com fastmail.com gmail.com gmx.co.uk gmx.com googlemail.com
hotmail.co.uk hotmail.com icloud.com live.co.uk live.com mac.com mail.com me.com msn.com nhs.net ntlworld.com
outlook.com plus.com plus.net proton.me protonmail.com sky.com talktalk.net tiscali.co.uk virgin.net
virginmedia.com yahoo.co.uk yahoo.com ymail.com
""".split()  # noqa: SIM905 - a list of a line each would bury what this module does
"""Domains where anybody may have an address: a councillor's own, as often as not."""

_Known = Mapping[str, frozenset[str]]
"""The codes of the councils by an address or a domain."""


@dataclass(frozen=True)
class Whose:
    """Which council a file seems to be from; its texts are untrusted, and only looked up."""

    register: Register
    asked: Register | None = None

    def supposed(self, returned: Return) -> Return:
        """The return with its council and a note on how it was recognised; unchanged if it was not."""
        slugs = {one.slug for one in returned.problems}
        if returned.assessment is not None or slugs & _NOBODYS:
            return returned
        for code, by, value in (*self._by_name(returned.source_file), *self._by_address(returned)):
            council = self.register.by_code.get(self.register.present_code(code))
            if council is not None:
                return _put_down(returned, council, by, value)
        return returned

    def _by_name(self, source_file: str) -> Iterator[tuple[str, str, str]]:
        """The file's own name first, then that of the mail or folder it is in."""
        for name in reversed(source_file.split("/")):
            code, _ = by_file_name("", name)
            yield code, "the name of the file alone", name

    def _by_address(self, returned: Return) -> Iterator[tuple[str, str, str]]:
        """The sender's address; for mail that came back, those it could not reach."""
        failed = [one.value for one in returned.problems if one.slug == "mail-undelivered"]
        sender = returned.received.sender if returned.received else ""
        given = addresses(failed[0] if failed else sender)
        exact = _codes(self._addresses, given)
        codes = exact or _codes(self._domains, map(domain_of, given))
        whose = "the address that our mail did not reach" if failed else "the sender's address"
        by = whose if exact else f"the domain of {whose}"
        if len(codes) == 1:
            yield next(iter(codes)), by, ", ".join(given)

    @cached_property
    def _addresses(self) -> _Known:
        """Every address in those columns of the list of those asked whose heading contains "mail"."""
        listed = self.asked.listed if self.asked else {}
        return _grouped(
            (address, code)
            for code, row in listed.items()
            for heading, text in row.items()
            if "mail" in heading
            for address in addresses(text)
        )

    @cached_property
    def _domains(self) -> _Known:
        """Their domains, except those where anybody may have an address."""
        pairs = ((domain_of(address), code) for address, codes in self._addresses.items() for code in codes)
        return _grouped((domain, code) for domain, code in pairs if domain not in _EVERYBODYS)


def _put_down(returned: Return, council: Council, by: str, value: str) -> Return:
    words = {"council": council.name, "by": by, "value": value}
    note = problem("council-supposed", Place(returned.source_file), **words)
    return replace(returned, supposed=council, problems=(*returned.problems, note))


def _codes(known: _Known, wanted: Iterable[str]) -> frozenset[str]:
    """Every council that one of these texts belongs to."""
    return frozenset().union(*(known.get(text, ()) for text in wanted))


def _grouped(pairs: Iterable[tuple[str, str]]) -> _Known:
    known: dict[str, set[str]] = {}
    for text, code in pairs:
        known.setdefault(text, set()).add(code)
    return {text: frozenset(codes) for text, codes in known.items()}
