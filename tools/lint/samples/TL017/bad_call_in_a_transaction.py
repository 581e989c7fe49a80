# place: src/trueline/changes/jobs.py
"""A call while rows are locked."""

import httpx
from django.db import transaction


def apply(plan):
    """Apply a plan."""
    with transaction.atomic():
        return httpx.post(plan.url)


@transaction.atomic
def roll_back(plan):
    """Roll a plan back."""
    return httpx.delete(plan.url)
