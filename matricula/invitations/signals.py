"""What other rooms are told of invitations."""

from django.dispatch import Signal

result_taken = Signal()
"""The result of a file of people was taken away. Sent with `file`, and the `role` of whoever took it."""
