"""The web server loads this."""

from django.core.wsgi import get_wsgi_application

from trueline.kit.memory import look_rarely

look_rarely()
application = get_wsgi_application()
