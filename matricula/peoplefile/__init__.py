"""Reading files of invitations: CSV and XLSX, line by line, in bounded memory.

    kind = recognise(place)             # at once, from what is in the file; raises FileRefused
    layout = digest_apart(place, choices, lines)  # in a process with limits: which column is what
    for row in read_digest(lines, 1):   # what it said of each person
        row.fault or row.canonical      # FAULTS[row.fault] says in words what is wrong and what to do

Within that process, or where nobody else waits, `look` and `read_rows` do the same without a digest.

Nothing is decided here about programs or people, and nothing is stored.
"""

from matricula.peoplefile.columns import Role
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.kinds import Kind, recognise
from matricula.peoplefile.layout import Choices, Column, Layout
from matricula.peoplefile.limits import FAULTS, LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from matricula.peoplefile.people import Row, read_rows
from matricula.peoplefile.records import look

__all__ = [
    "FAULTS",
    "LONGEST_CELL",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Choices",
    "Column",
    "Encoding",
    "Kind",
    "Layout",
    "Role",
    "Row",
    "look",
    "read_rows",
    "recognise",
]
