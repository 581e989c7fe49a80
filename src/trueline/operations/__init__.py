"""Queued runs: the truth about what was asked, allowed, executed and with which outcome.

Owns: operation runs and the only door to the queue library. Never does: the work itself, or decide on rights.
Reads from: audit.
"""
