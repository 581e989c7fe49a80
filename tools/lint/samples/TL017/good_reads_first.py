# place: src/trueline/changes/jobs.py
"""The outside first, then one write."""

import httpx
from django.db import transaction


def apply(plan, actions):
    """Apply a plan."""
    answer = httpx.post(plan.url)
    with transaction.atomic():
        actions.record(plan, answer.status_code)
