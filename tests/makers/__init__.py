"""Makers of the files in ``tests/saved``: real applications, driven by scripts."""
