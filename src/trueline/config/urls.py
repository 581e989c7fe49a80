"""Every address of the product."""

from django.urls import include, path

from trueline.api import otlp
from trueline.api import urls as api
from trueline.web import urls as web
from trueline.web.views import sessions

urlpatterns = [
    path("account/sessions/", sessions.sessions, name="sessions"),  # before the library's page of the same things
    path("account/", include("allauth.urls")),
    path("api/v1/", include(api.urlpatterns)),
    *otlp.urlpatterns,
    *web.urlpatterns,
]
handler400 = "trueline.web.views.errors.bad_request"
handler403 = "trueline.web.views.errors.forbidden"
handler404 = "trueline.web.views.errors.not_found"
handler500 = "trueline.web.views.errors.server_error"
