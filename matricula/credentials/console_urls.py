from django.urls import path

from matricula.credentials import views

app_name = "certificates-console"
urlpatterns = [
    path("certificate/", views.show_sample, name="sample"),
    path("certificate/pdf/", views.sample_pdf, name="sample-pdf"),
]
