from django.urls import path

from matricula.mail import views

app_name = "mail"
urlpatterns = [path("", views.inbox, name="inbox"), path("<int:pk>/", views.one_letter, name="letter")]
