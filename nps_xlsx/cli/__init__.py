"""The command ``nps``, a module per verb: the only room that prints or exits."""
