"""Inviting the people of a file: checked, shown, confirmed, carried out, told."""
