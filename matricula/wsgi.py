import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from matricula.web.bodies import receive_bodies

ALLOCATIONS = 20_000
"""New objects until the collector looks for rings among them; at Python's 700 it looks ten times a page."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.settings")
application = receive_bodies(get_wsgi_application())
get_resolver().url_patterns  # noqa: B018 - every page is read in before the first visitor comes
gc.collect()
gc.freeze()
gc.set_threshold(ALLOCATIONS, 10, 10)
