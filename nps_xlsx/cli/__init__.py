"""The command ``nps``, a module for each of its verbs: the only room that prints or exits."""
