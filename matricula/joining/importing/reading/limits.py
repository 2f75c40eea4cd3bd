"""How much a file may hold. What goes over is refused before it fills the memory."""

MIB = 1024 * 1024
MOST_BYTES = 200 * MIB
MOST_ROWS = 1_000_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
"""In characters."""

HEAD = 60
"""Records looked at to find the header and the columns."""

LONGEST_RECORD = MIB
"""In characters, with the line breaks in its quotes."""
MOST_READ_AGAIN = 32 * MIB
"""In characters, over all records whose quotes turn out never to close."""

MOST_UNPACKED = 1024 * MIB
"""In bytes, of all parts of a spreadsheet together."""
HIGHEST_RATIO = 200
"""Unpacked to packed size of a part, above 1 MiB. XLSX files of 1,000,000 lines stay below 30."""
MOST_PARTS = 2_000
MOST_SHARED_STRINGS = 10_000_000
MOST_NESTED = 32
"""Elements in elements."""
MOST_NAMES = 1_000
"""Different names of elements and attributes in a part."""
LONGEST_TOKEN = MIB
"""In bytes: a tag with its attributes, or a comment."""
