"""Composing the mails of a kind: what each says and encloses, and what is missing for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.model.dates import long_date
from nps_xlsx.reports.for_councils import FEEDBACK, PLANS
from nps_xlsx.rounds.intake import no_progress
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.answers import Answers
from nps_xlsx.season.mails.due import Due, Plan, bounced_of
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.message import Attachment, Composed, message_id
from nps_xlsx.season.mails.outbox import DRAFTED, mails, uncertain, went_out
from nps_xlsx.season.mails.texts import Texts
from nps_xlsx.season.participants import FILE as COUNCILS
from nps_xlsx.season.participants import Participant
from nps_xlsx.season.standing import standings_of
from nps_xlsx.workbook.names import file_slug, workbook_file_name

ATTACHMENTS = "attachments"
"""The folder, beside the drafts, of the workbooks that were made for them."""
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """A mail that cannot be written."""

    name: str
    """Whose."""
    why: str
    """The reason, and what to do."""


class Composer:
    """Composes the mails of one kind on the day of a ledger, which holds what was read of the returns."""

    def __init__(
        self,
        round_: Round,
        ledger: Ledger,
        kind: MailKind,
        *,
        again: bool = False,
        only: Collection[str] = (),
        why: str = "",
        seen: Callable[[str], None] = no_progress,
    ) -> None:
        """``again``: also to those who had such a mail; ``only``: these codes; ``why``: for the journal."""
        self.round, self.kind, self.day = round_, kind, ledger.day
        self.folder = round_.paths.outbox / kind / ledger.day.isoformat()
        self._ledger, self._again, self.only, self._why, self._seen = ledger, again, only, why, seen
        self._texts = Texts(round_.folder)
        self._attempts: dict[str, set[str]] = {}
        for event in mails(ledger.events, kind):
            if event.status == DRAFTED and not went_out(event):
                continue  # it never went, so the next one is the same mail
            self._attempts.setdefault(event.gss_code, set()).add(event.file)

    def composed(self) -> Iterator[Composed | Left]:
        """Each mail that is due, or why it cannot be written.

        Raises:
            StaleError: something came, or changed, since the last ingest.
            TextError: a text of the round cannot be used.
        """
        standings = standings_of(self.round, self.day)
        events = self._ledger.events
        plan = Plan(self.kind, standings, bounced_of(events), uncertain(events, self.kind), self._again)
        asked = [one for one in standings.councils if not self.only or one.gss_code in self.only]
        every = [due for one in asked for due in plan.due(one)]
        if self.kind in (MailKind.CHASE, MailKind.REPLY):
            about = {file.file for due in every for file in due.returns}
            self._answers = Answers(self.round, self._ledger, about, self._seen)
        for due in every:
            if plan.is_uncertain(due):
                yield Left(due.standing.council.name, "an earlier one may have gone out: settle that first.")
            else:
                yield self._checked(due)

    def _checked(self, due: Due) -> Composed | Left:
        one, name = due.standing, due.standing.council.name
        if one.participant is None:
            return Left(name, f"it is not in {COUNCILS}. Add it there, with its address.")
        if not (one.addresses or (self._again and one.participant.emails)):
            back = f"mail to {', '.join(one.bounced)} came back. Put another address into {COUNCILS}."
            return Left(name, back if one.bounced else f"it has no address. Put one into {COUNCILS}.")
        attachments = self._attachments(due, one.participant)
        for attachment in attachments:
            if not (attachment.made or attachment.path.is_file()):
                verb = "ingest" if self.kind is MailKind.FEEDBACK else "build"
                return Left(name, f"{attachment.path} is not there. Run nps {verb} {self.round.folder}.")
        composed = self._compose(due, one.participant, attachments)
        if len(composed.draft) > self.round.settings.largest_mb * _MB:
            size = f"{len(composed.draft) / _MB:.1f} MB"
            return Left(
                name, f"the mail has {size}, more than largest_mb in round.toml. Send it another way."
            )
        return composed

    def _compose(self, due: Due, one: Participant, attachments: tuple[Attachment, ...]) -> Composed:
        settings, known = self.round.settings, self._attempts.setdefault(one.gss_code, set())
        parts = (self.round.framework.initials, settings.round, one.gss_code)
        name = "-".join((*parts, file_slug(one.council.short_name), self.kind, str(len(known) + 1)))
        path = self.folder / f"{name}.eml"
        file = path.relative_to(self.round.folder).as_posix()
        known.add(file)
        to = due.standing.addresses or one.emails
        salutation = one.contact or "colleague"
        text = self._texts(self.kind, self._values(due, one, salutation, attachments))
        event = Event(
            kind=Kind.MAIL,
            gss_code=one.gss_code,
            status=DRAFTED,
            file=file,
            sha256=due.returns[0].sha256 if due.returns else "",
            address="; ".join(to),
            message_id=message_id(settings, "-".join((*parts, self.kind, str(len(known)))), to, text),
            why=self._why,
        )
        return Composed(event, path, salutation, text, attachments, settings)

    def _values(
        self, due: Due, one: Participant, salutation: str, attachments: Sequence[Attachment]
    ) -> Mapping[str, object]:
        """What the texts can use: docs/how-to/mail.md says what each is."""
        own = self.round.settings
        return {
            **one.others,
            "round": own.round,
            "framework": self.round.framework.title,
            "council": one.council.name,
            "salutation": salutation,
            "due": long_date(own.due) if own.due else "",
            "overdue": own.due is not None and self.day > own.due,
            "return_to": own.return_to,
            "contact": own.contact,
            "controller": own.controller,
            "sender": own.sender_name or own.controller,
            "files": [attachment.path.name for attachment in attachments],
            "message": "\n\n".join(self._answers.about(file.file) for file in due.returns),
            "came": due.came,
            "waiting": list(due.standing.outstanding),
        }

    # --- What is enclosed

    def _attachments(self, due: Due, one: Participant) -> tuple[Attachment, ...]:
        match self.kind:
            case MailKind.INVITE:
                return self._workbooks(one, one.respondents)
            case MailKind.CHASE if not due.returns:
                return self._workbooks(one, due.standing.outstanding or one.respondents)
            case MailKind.CHASE | MailKind.REPLY:
                copies = filter(None, (self._answers.copies.get(file.file) for file in due.returns))
                return tuple(Attachment(self.folder / ATTACHMENTS / name, made) for name, made in copies)
            case MailKind.FEEDBACK:
                return self._documents(one)
            case _:
                return ()

    def _workbooks(self, one: Participant, respondents: Sequence[str]) -> tuple[Attachment, ...]:
        initials, round_ = self.round.framework.initials, self.round.settings.round
        return tuple(
            Attachment(self.round.paths.workbooks / workbook_file_name(initials, one.council, round_, name))
            for name in respondents or ("",)
        )

    def _documents(self, one: Participant) -> tuple[Attachment, ...]:
        """Feedback and action plans; a name for what should be there where there is none."""
        stem = f"{self.round.framework.initials}-{file_slug(self.round.settings.round, 20)}-{one.gss_code}-"
        found: list[Path] = []
        for folder in (self.round.paths.latest / name for name in (FEEDBACK, PLANS)):
            found += sorted(folder.glob(f"{stem}*.xlsx")) or [folder / f"{stem}….xlsx"]
        return tuple(map(Attachment, found))
