"""Reading files of invitations: CSV and XLSX, line by line, in bounded memory.

    kind = recognise(place)             # at once, from what is in the file; raises FileRefused
    layout = look(place, choices)       # which column is what, and what is not for sure
    for row in read_rows(place, 1, layout):  # raises FileRefused, also half-way: keep nothing of such a file
        row.fault or row.canonical      # FAULTS[row.fault] says in words what is wrong and what to do

Nothing is decided here about programs or people, and nothing is stored.
"""

from matricula.peoplefile.columns import Role
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.kinds import Kind, recognise
from matricula.peoplefile.layout import Choices, Column, Layout
from matricula.peoplefile.limits import FAULTS, LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from matricula.peoplefile.people import Row, look, read_rows

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
