"""Secrets at rest, sealed by a data key for each workspace, and the keys of the installation that sign.

Owns: the wrapped data keys, the signing keys. Never does: keep another room's secret itself, or know what one is for.
Reads from: the sealing keys of the installation, which are in no database.
"""
