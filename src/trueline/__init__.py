"""Trueline governs systems that drift: connect, observe, compare, decide, change, prove."""
