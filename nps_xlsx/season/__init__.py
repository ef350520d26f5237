"""A round as a folder: its settings, who is asked, what happened to each council, file and mail."""
