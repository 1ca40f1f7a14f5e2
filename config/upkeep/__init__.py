"""What the house does for itself over all rooms: files without rows, rows without files, and what is kept how long."""
