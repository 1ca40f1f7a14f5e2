"""The open site: home page, indexes, search, feeds."""
