"""The project: settings, URLs and the commands that span every room."""
