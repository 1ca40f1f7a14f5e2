"""Pages of the staff area about accounts."""
