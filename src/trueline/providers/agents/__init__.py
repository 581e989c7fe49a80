"""Systems of AI agents, which send their traces by themselves.

Owns: what the product must know of such an environment. Never does: read traces; the receiver and the engine do that.
"""
