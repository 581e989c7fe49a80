"""People, workspaces, environments and who may do what in which of them.

Owns: users, memberships, invitations, environments, capabilities; alone makes a Scope. Never does: read a provider.
Reads from: audit, operations.
"""
