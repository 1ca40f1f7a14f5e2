"""The storage of private files under the name that migrations know."""

from membership.private_files import kept, private

__all__ = ["kept", "private"]
