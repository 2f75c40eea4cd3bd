from django.urls import path

from matricula.credentials import views

app_name = "credentials"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<str:public_id>/", views.certificate, name="certificate"),
    path("<str:public_id>/pdf/", views.pdf, name="pdf"),
    path("<str:public_id>/card.png", views.card, name="card"),
    path("<str:public_id>/brand.css", views.brand, name="brand"),
    path("<str:public_id>/logo", views.logo, name="logo"),
    path("<str:public_id>/signature", views.signature, name="signature"),
]
