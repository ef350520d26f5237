"""Tests: each says in one sentence what is true."""
