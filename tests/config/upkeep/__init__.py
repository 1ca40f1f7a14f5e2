"""Tests of the upkeep."""
