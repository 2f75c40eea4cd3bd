"""Reading files of invitations: CSV and XLSX, line by line, in bounded memory.

    kind = recognise(place)             # at once, from what is in the file; raises FileRefused
    layout = look(place, choices)       # which column is what, and what is not for sure
    for row in read_rows(place, 1, layout):  # raises FileRefused, also half-way: keep nothing of such a file
        row.fault or row.canonical      # FAULTS[row.fault] says in words what is wrong and what to do

Nothing is decided here about programs or people, and nothing is stored.
"""

from matricula.joining.importing.reading.encodings import Encoding
from matricula.joining.importing.reading.headers import Role
from matricula.joining.importing.reading.kinds import Kind, recognise
from matricula.joining.importing.reading.layout import Choices, Column, Layout
from matricula.joining.importing.reading.limits import (
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
)
from matricula.joining.importing.reading.rows import Row, look, read_rows
from matricula.joining.importing.reading.wording import FAULTS

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
