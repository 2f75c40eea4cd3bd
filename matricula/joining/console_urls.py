from django.urls import include, path

from matricula.joining.console import answering, following, importing, inviting, previewing, sharing

invitations = [
    path("", following.invitations, name="invitations"),
    path("new/", inviting.invite_people, name="invite"),
    path("files/", importing.files, name="files"),
    path("files/new/", importing.new_file, name="new-file"),
    path("files/<str:file_id>/", importing.one_file, name="file"),
    path("files/template.<str:form>", importing.template, name="template"),
    path("files/<str:file_id>/reading/", importing.reading, name="read-file-anew"),
    path("files/<str:file_id>/confirmation/", importing.confirmation, name="confirm-file"),
    path("files/<str:file_id>/cancellation/", importing.cancellation, name="cancel-file"),
    path("files/<str:file_id>/stopping/", importing.stopping, name="stop-file"),
    path("files/<str:file_id>/repetition/", importing.repetition, name="repeat-file"),
    path("files/<str:file_id>/result/", importing.result, name="file-result"),
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
links = [
    path("", sharing.links, name="links"),
    path("new/", sharing.choose_program, name="choose-program"),
    path("new/<str:program_id>/", sharing.new_link, name="new"),
    path("<str:link_id>/off/", sharing.turn_link_off, name="turn-off"),
]
letters = [
    path("", previewing.letter, name="letter"),
    path("content/", previewing.content, name="content"),
]
urlpatterns = [
    path("letter/", include((letters, "letters"))),
    path("links/", include((links, "links"))),
    path("invitations/", include((invitations, "invitations"))),
    path("requests/", include((requests, "requests"))),
]
