"""A member's whole journey through the API alone: from signing up to the invoice. See README.md in this folder."""
