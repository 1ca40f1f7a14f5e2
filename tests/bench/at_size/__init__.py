"""`make bench` on PostgreSQL: requests a second and milliseconds of SQL at millions of deliveries, beside the limits of
the machine that were measured in the same run (docs/performance.md)."""
