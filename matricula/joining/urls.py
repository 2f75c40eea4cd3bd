from django.urls import path

from matricula.joining import pages

app_name = "joining"
A = "arrivals/<str:public_id>"
urlpatterns = [
    path("welcome/", pages.welcome, name="welcome"),
    path("now/", pages.join_now, name="join-now"),
    path("lost-letter/", pages.lost_letter, name="lost-letter"),
    path("not-for-me/", pages.not_for_me, name="not-for-me"),
    path(f"{A}/courses/", pages.courses, name="courses"),
    path(f"{A}/courses/<str:course_id>/", pages.course, name="course"),
    path(f"{A}/specializations/<str:specialization_id>/", pages.specialization, name="specialization"),
    path(f"{A}/start/<str:kind>/<str:chosen_id>/", pages.start, name="start"),
    path(f"{A}/account/", pages.account, name="account"),
    path(f"{A}/link-account/", pages.link_account, name="link-account"),
    path(f"{A}/confirm/", pages.confirm, name="confirm"),
    path(f"{A}/confirm/letter/", pages.new_code, name="new-code"),
    path("<str:secret>/", pages.link, name="link"),
]
