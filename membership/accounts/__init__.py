"""Users who log in by mobile number. Knows no unit."""
