"""My learning and programs, courses and lessons."""
