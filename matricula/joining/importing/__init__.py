"""Inviting whom a file names."""
