"""The composition root: settings, addresses, wiring, start-up checks.

Owns: which provider, door and setting is in use. Never does: domain logic. Reads from: everything.
"""
