"""What other rooms are told of invitations."""

from django.dispatch import Signal

result_taken = Signal()
"""The result of a file of people was taken away. Sent with `file`, and the `role` of whoever took it."""
list_taken = Signal()
"""A list of invitations was taken as a file. Sent with the `role` of whoever took it, `program` (or None) and
`is_part`, whether it was narrowed by more than the program."""
