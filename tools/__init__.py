"""Scripts of the project: they make pages and pictures of the documentation."""
