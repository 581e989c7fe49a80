"""Failures of agents brought to their cause, without a model: clusters, severities, systemic patterns, evidence.

Owns: the normaliser and its version, the lexicon of causes, the statistics of bursts and loops, the
ranking of evidence.
Never does: blame one agent, call a network. Reads from: `engine.traces`.
"""
