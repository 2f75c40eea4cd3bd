from django.urls import include, path

from matricula.joining.console import answering, following, inviting

invitations = [
    path("", following.invitations, name="invitations"),
    path("new/", inviting.invite_people, name="invite"),
    path("letters/", following.send_all, name="send-all"),
    path("<str:invitation_id>/letter/", following.send_again, name="send-again"),
    path("<str:invitation_id>/withdrawal/", following.withdraw, name="withdraw"),
    path("<str:invitation_id>/address/", following.correct, name="correct"),
]
requests = [
    path("", answering.requests, name="requests"),
    path("<str:request_id>/letter/", answering.send_invitation, name="answer"),
    path("<str:request_id>/dismissal/", answering.dismissal, name="dismiss"),
]
urlpatterns = [
    path("invitations/", include((invitations, "invitations"))),
    path("requests/", include((requests, "requests"))),
]
