"""Mistakes that the person at the keyboard can put right."""


class UserError(Exception):
    """What went wrong and what to do about it, in words for the person who ran the command.

    The command line shows the message without a traceback and exits with 2.
    """
