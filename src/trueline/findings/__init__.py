"""What differs and matters: detected, seen again, cleared, reopened; one row for one cause.

Owns: findings and detectors. Never does: read a provider. Reads from: inventory, workspaces, audit.
"""
