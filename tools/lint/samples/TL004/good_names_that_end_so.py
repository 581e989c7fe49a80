# place: src/trueline/findings/rules.py
"""Attributes that end in the same letters without being accessors."""


def changed(plan, policy):
    """What a plan changes."""
    return plan.change_set.paths, policy.permission_set
