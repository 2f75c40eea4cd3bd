from django.urls import path

from matricula.learning import pages

app_name = "learning"
urlpatterns = [
    path("", pages.home, name="home"),
    path("programs/<str:public_id>/", pages.program, name="program"),
    path("programs/<str:public_id>/courses/<str:course_id>/", pages.offered_course, name="offered-course"),
    path("programs/<str:public_id>/start/<str:kind>/<str:chosen_id>/", pages.start, name="start"),
    path("courses/<str:public_id>/", pages.course, name="course"),
    path("courses/<str:public_id>/lessons/<slug:key>/", pages.lesson, name="lesson"),
    path("courses/<str:public_id>/lessons/<slug:key>/done/", pages.finish, name="finish"),
]
