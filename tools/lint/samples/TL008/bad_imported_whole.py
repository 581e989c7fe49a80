# place: src/trueline/findings/apps.py
"""The modules themselves."""

import django.dispatch
from django.core import signals

DONE = django.dispatch.Signal()
START = signals.request_started
