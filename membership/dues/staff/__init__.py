"""The finance desk."""
