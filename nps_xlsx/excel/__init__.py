"""How Excel files are written here: one palette, one table, one way of measuring text."""
