"""Matricula: an open, self-hosted learning-program server."""

__version__ = "0.1.0"
