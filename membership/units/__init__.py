"""Units, seats, bodies, levels, memberships and their documents."""
