"""The audit trail: one door through which every verb leaves its record."""
