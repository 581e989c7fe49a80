"""Secrets at rest: seals what other rooms keep, by a data key for each workspace.

Owns: the wrapped data keys. Never does: keep a secret itself, or know what one is for. Reads from: the sealing
keys of the installation, which are in no database.
"""
