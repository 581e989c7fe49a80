"""Reads Microsoft 365 tenants: exported Graph JSON into records with coverage.

Owns: object types, normalisation rules, redaction, the demo tenant. Never does: see the domain rooms.
"""
