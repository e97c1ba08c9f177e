"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.db import connections  # noqa: E402 - the application is set up above

from core.database.standing import require_safe_role  # noqa: E402 - the application is set up above

require_safe_role()
# Where this module is loaded before the workers fork, none of them shares its connection.
connections.close_all()
