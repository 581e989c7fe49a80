# place: src/trueline/audit/queries.py
"""A query without a person, with its reason."""


def chain_verdict(workspace_id):  # lint: allow TL003 the operator verifies without being a member
    """Whether the chain holds."""
    return bool(workspace_id)
