"""The commands of ``nps``, a module each; with ``cli``, the only modules that print or exit."""
