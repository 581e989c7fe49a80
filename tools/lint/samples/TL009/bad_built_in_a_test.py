# place: tests/findings/test_detection.py
"""A test that makes a scope by hand."""

from trueline.kit import scope


def test_a_stranger_sees_nothing():
    assert scope.Scope(workspace_id=None) is not None
