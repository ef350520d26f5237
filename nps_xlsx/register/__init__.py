"""The files of the analyst: councils, groups of them, targets."""
