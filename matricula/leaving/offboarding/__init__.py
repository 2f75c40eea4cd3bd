"""A company lets people go: one, or those of a file; whoever would be stranded is written to, and held."""
