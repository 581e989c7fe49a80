"""What agents did, as they tell it themselves: received, kept, found again.

Owns: received batches, traces, their files. Never does: judge a trace; the engine and the rooms above do that.
Reads from: connections, workspaces, vault, audit; the engine for every wire form.
"""
