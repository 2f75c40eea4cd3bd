from django.urls import path

from matricula.joining import console

app_name = "invitations"
urlpatterns = [
    path("", console.invitations, name="invitations"),
    path("<str:public_id>/letter/", console.send_letter_again, name="send-again"),
    path("<str:public_id>/withdrawal/", console.withdraw, name="withdraw"),
]
