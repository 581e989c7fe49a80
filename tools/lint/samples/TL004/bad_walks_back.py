# place: src/trueline/web/environments.py
"""A page that walks back by the accessor."""


def index(environment, members):
    """What an environment has."""
    return environment.finding_set.filter(state="open"), members.prefetch_related("user__session_set")
