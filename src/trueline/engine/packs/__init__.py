"""Packs that anyone can check: trees of hashes, signed statements, the archive, and the verifier that travels in it.

Owns: the form of a pack. Never does: read a record, keep a key, or ask for the time. Reads from: nothing.
"""
