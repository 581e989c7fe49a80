"""Which object of one side is which object of the other: the identity ladder.

Owns: pairs, their method, confidence and reason. Never does: decide what a difference means. Reads from: rules.
"""
