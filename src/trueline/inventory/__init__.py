"""Snapshots of an environment, their coverage, baselines, and the comparison of two of them.

Owns: snapshots, items, baselines. Never does: decide what a difference means. Reads from: evidence, connections.
"""
