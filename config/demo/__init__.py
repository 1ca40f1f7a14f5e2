"""The demo association: what `make run` shows on a fresh machine. Never loaded in production."""
