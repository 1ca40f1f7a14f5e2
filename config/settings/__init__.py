"""Settings by environment: dev (default), test, production."""
