"""What machines that watch over the portal see of it: probes, figures, slow queries, error reports."""
