"""Views of the members face, one module per noun."""
