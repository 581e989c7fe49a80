"""What a person should do next: the inbox, and guidance out of what stands still.

Owns: what somebody has seen or put off. Never does: hold a copy of a finding, a run or a snapshot, or change one. Reads
from: findings, inventory, connections, workspaces, operations, audit.
"""
