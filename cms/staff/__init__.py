"""What editors see and do in the staff area."""
