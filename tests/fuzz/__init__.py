"""Random calls against a reference; long lanes and their found seeds."""
