"""Content-addressed documents: what a system showed, stored once for each workspace.

Owns: documents. Never does: judge them, or keep a secret in the clear. Reads from: workspaces, audit.
"""
