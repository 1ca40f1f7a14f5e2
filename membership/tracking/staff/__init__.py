"""What the staff see of tracking: the rules of reminding."""
