"""Pages of the staff area about units."""
