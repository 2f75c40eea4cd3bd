from django.urls import path

from matricula.mail import pages

app_name = "mail"
urlpatterns = [path("", pages.inbox, name="inbox"), path("<int:pk>/", pages.one_letter, name="letter")]
