"""How a command shows its help: options in groups, then examples; and what a shell completes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

_OTHERS, _ALONE = "Other options", "Options"


class Command(click.Command):
    """A command whose options stand in groups; ``groups`` has the names of those under each heading.

    Whatever is in no group comes last.  ``examples`` are command lines, which end the help.
    """

    def __init__(
        self,
        name: str | None,
        *,
        groups: Mapping[str, str] | None = None,
        examples: Sequence[str] = (),
        epilog: str = "",
        **options: Any,
    ) -> None:
        shown = "\n".join(["\b", "Examples:", *(f"  {line}" for line in examples)]) if examples else ""
        super().__init__(name, epilog="\n\n".join(filter(None, (epilog, shown))), **options)
        self.groups = {heading: names.split() for heading, names in (groups or {}).items()}

    def grouped(self, context: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Each heading, and the options under it with what they do."""
        heading_of = {name: heading for heading, names in self.groups.items() for name in names}
        others = _OTHERS if self.groups else _ALONE
        records: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*self.groups, others)}
        for one in self.get_params(context):
            if isinstance(one, click.Option) and (record := one.get_help_record(context)):
                records[heading_of.get(one.opts[0], others)].append(record)
        return ((heading, found) for heading, found in records.items() if found)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; before any of the files that they name is opened, print as they say."""
        if ctx.parent and any(one.name == "quiet" for one in self.params):
            from nps_xlsx.cli.scheduled import listen

            listen(self.make_parser(ctx).parse_args(list(args))[0])
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        for heading, records in self.grouped(ctx):
            with formatter.section(heading):
                formatter.write_dl(records)


class _CouncilName(click.ParamType):  # type: ignore[type-arg]  # no generic type before click 8.2
    """A council's name or code, which a shell completes."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Codes, and names with hyphens for spaces: they are found as well, and no shell takes them apart."""
        from nps_xlsx.register.councils import load_register

        begun, councils = incomplete.casefold(), load_register().councils
        by_name = {"-".join(one.short_name.replace("'", "").split()): one for one in councils}
        named = [(name, one) for name, one in by_name.items() if name.casefold().startswith(begun)]
        coded = [
            (one.gss_code, one) for one in councils if begun and one.gss_code.casefold().startswith(begun)
        ]
        return [CompletionItem(word, help=one.name) for word, one in (*named, *coded)]


COUNCIL = _CouncilName()


class _RoundFolder(click.Path):
    """A path, for which a shell offers the rounds first that are where one stands."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The folders of rounds, and whatever else the shell finds by itself."""
        begun = Path(incomplete) if incomplete.endswith(("/", "\\")) else Path(incomplete).parent
        rounds = sorted(path.parent for path in begun.glob("*/round.toml"))
        names = [path.as_posix() for path in rounds if path.as_posix().startswith(incomplete)]
        return [CompletionItem(name, help="a round") for name in names] or super().shell_complete(
            ctx, param, incomplete
        )


ROUND = _RoundFolder(path_type=Path)
