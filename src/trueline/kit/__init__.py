"""Tools without models and without domain nouns: clock, digest, errors, ids, scope, the embedded database.

Owns: nothing. Never does: know a room, a tenant or a provider. Reads from: the standard library and small libraries.
"""
