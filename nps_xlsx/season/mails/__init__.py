"""Mails to councils: who gets which, what they say, and the files that a mail program opens as drafts."""
