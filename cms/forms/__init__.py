"""Forms of the editorial room."""
