"""How a private file leaves the house, under the name that the rooms above know."""

from membership.private_files import as_download

__all__ = ["as_download"]
