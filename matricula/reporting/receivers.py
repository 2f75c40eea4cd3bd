"""What reporting does when other rooms tell of something."""

from matricula.invitations.signals import list_taken, result_taken
from matricula.reporting import readings

result_taken.connect(readings.note_result_taken)
list_taken.connect(readings.note_invitations_taken)
