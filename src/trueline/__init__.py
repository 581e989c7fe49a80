"""Trueline governs systems that drift: connect, observe, compare, decide, change, prove."""

__version__ = "0.1.0"
