from django.urls import path

from matricula.joining import console

app_name = "console"
urlpatterns = [
    path("<slug:slug>/", console.invitations, name="invitations"),
    path("<slug:slug>/invitations/<str:public_id>/letter/", console.send_letter_again, name="send-again"),
    path("<slug:slug>/invitations/<str:public_id>/withdrawal/", console.withdraw, name="withdraw"),
]
