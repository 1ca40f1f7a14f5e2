"""Delivery of notices to units: read, receipt, opinions, attendees."""
