"""The fault matrix: what must hold when something breaks, tried with the real thing (`make drills`)."""
