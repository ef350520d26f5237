"""Sample returns: a published assessment and synthetic ones, and how they were made."""
