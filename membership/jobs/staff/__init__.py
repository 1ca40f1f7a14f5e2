"""What the staff see of background work."""
