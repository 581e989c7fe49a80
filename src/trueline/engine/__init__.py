"""Pure functions over traces and scores: decoding, diagnosis, statistics. No Django, nothing of Trueline.

Owns: no state. Never does: read a clock, a database or the network. Reads from: what its caller hands it.
"""
