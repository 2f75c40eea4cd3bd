"""One's own data, all of it, in a file to take away."""
