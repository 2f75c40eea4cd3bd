from django.urls import include, path

from matricula.invitations.views import imports, invitations, invite, letter_preview

invitation_patterns = [
    path("", invitations.invitations, name="invitations"),
    path("new/", invite.invite_people, name="invite"),
    path("files/", imports.files, name="files"),
    path("files/new/", imports.new_file, name="new-file"),
    path("files/<str:file_id>/", imports.one_file, name="file"),
    path("files/template.<str:form>", imports.template, name="template"),
    path("files/<str:file_id>/reading/", imports.reading, name="read-file-anew"),
    path("files/<str:file_id>/confirmation/", imports.confirmation, name="confirm-file"),
    path("files/<str:file_id>/cancellation/", imports.cancellation, name="cancel-file"),
    path("files/<str:file_id>/stopping/", imports.stopping, name="stop-file"),
    path("files/<str:file_id>/repetition/", imports.repetition, name="repeat-file"),
    path("files/<str:file_id>/result/", imports.result, name="file-result"),
    path("letters/", invitations.send_all, name="send-all"),
    path("invitations.csv", invitations.export, name="export"),
    path("<str:invitation_id>/", invitations.one_invitation, name="invitation"),
    path("<str:invitation_id>/letter/", invitations.send_again, name="send-again"),
    path("<str:invitation_id>/withdrawal/", invitations.withdraw, name="withdraw"),
    path("<str:invitation_id>/address/", invitations.correct, name="correct"),
]
letter_patterns = [
    path("", letter_preview.letter, name="letter"),
    path("content/", letter_preview.content, name="content"),
]

urlpatterns = [
    path("letter/", include((letter_patterns, "letters"))),
    path("invitations/", include((invitation_patterns, "invitations"))),
]
