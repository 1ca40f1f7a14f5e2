"""Tests of what machines see of the portal."""
