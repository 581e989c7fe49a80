"""Generated tenants for the demo and for measurements: real Graph shapes, invented content, planned drift.

Owns: the demo's content and how it is written. Never does: read a tenant, or hold anything copied from a real one.
Reads from: the files in `content/`.
"""
