"""The product's settings with a password hash that costs nothing: for benchmarks only."""

from matricula.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
