from django.urls import URLPattern, URLResolver, include, path

from matricula.catalog.console import courses, series, uploads

one_course = [
    path("", courses.course, name="course"),
    path("lessons/<str:key>/", courses.lesson, name="lesson"),
    path("files/<str:digest>/<str:name>", courses.file, name="file"),
    path("withdrawal/", courses.withdrawal, name="withdraw"),
    path("comeback/", courses.comeback, name="bring-back"),
]
one_series = [
    path("", series.specialization, name="specialization"),
    path("words/", series.describe, name="describe"),
    path("courses/", series.adding, name="add-course"),
    path("courses/<str:course_id>/removal/", series.removal, name="take-out"),
    path("courses/<str:course_id>/<str:direction>/", series.moving, name="move-course"),
    path("withdrawal/", series.withdrawal, name="withdraw-specialization"),
    path("comeback/", series.comeback, name="bring-back-specialization"),
]
content: list[URLPattern | URLResolver] = [
    path("", courses.courses, name="courses"),
    path("sample-course.zip", uploads.sample, name="sample"),
    path("uploads/", uploads.upload, name="upload"),
    path("uploads/<str:upload_id>/", uploads.uploaded, name="uploaded"),
    path("uploads/<str:upload_id>/taking/", uploads.taking, name="take-in"),
    path("courses/<str:course_id>/", include(one_course)),
    path("specializations/", series.specializations, name="specializations"),
    path("specializations/new/", series.new, name="new-specialization"),
    path("specializations/<str:series_id>/", include(one_series)),
]
urlpatterns = [path("content/", include((content, "content")))]
