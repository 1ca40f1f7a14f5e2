"""Tests of the project itself: settings, commands, the demo."""
