"""From the bytes of one file to the values of its sheets: the readers, and the process that they run in."""
