"""What a system of agents consists of: the graph of its agents and their prompt templates, as people confirm them.

Owns: parts of the graph, prompt templates. Never does: judge what agents did, keep what they said. Reads from: engine,
traces, workspaces.
"""
