"""What the staff see of messages."""
