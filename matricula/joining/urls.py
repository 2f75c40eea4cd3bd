from django.urls import path

from matricula.joining.views import browsing, opening, set_up
from matricula.joining.views.company_sign_in import ask_by_company, drop_sign_in, join_with_company

app_name = "joining"
A = "arrivals/<str:public_id>"
urlpatterns = [
    path("welcome/", opening.welcome, name="welcome"),
    path("now/", opening.join_now, name="join-now"),
    path("lost-letter/", opening.lost_letter, name="lost-letter"),
    path("ask/", opening.ask, name="ask"),
    path("ask/<str:program_id>/", opening.ask_back, name="ask-back"),
    path("with-company/<slug:slug>/ask/", ask_by_company, name="ask-by-company"),
    path("with-company/<slug:slug>/<str:program_id>/", join_with_company, name="with-company"),
    path("not-for-me/", opening.not_for_me, name="not-for-me"),
    path(f"{A}/courses/", browsing.courses, name="courses"),
    path(f"{A}/courses/<str:course_id>/", browsing.course, name="course"),
    path(f"{A}/specializations/<str:specialization_id>/", browsing.specialization, name="specialization"),
    path(f"{A}/start/<str:kind>/<str:chosen_id>/", browsing.start, name="start"),
    path(f"{A}/account/", set_up.account, name="account"),
    path(f"{A}/link-account/", set_up.link_account, name="link-account"),
    path(f"{A}/link-account/mine/", set_up.link_signed_in, name="link-signed-in"),
    path(f"{A}/work-email/", set_up.work_email, name="work-email"),
    path(f"{A}/not-my-sign-in/", drop_sign_in, name="drop-sign-in"),
    path(f"{A}/confirm/", set_up.confirm, name="confirm"),
    path(f"{A}/confirm/letter/", set_up.send_new_code, name="new-code"),
    path("<str:secret>/not-for-me/", opening.decline_by_letter, name="decline-by-letter"),
    path("<str:secret>/", opening.link, name="link"),
]
