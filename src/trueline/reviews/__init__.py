"""Evidence, reviews of an environment, and signed packs of them.

Owns: evidence snapshots, reviews, packs, acknowledgements, links to share. Never does: judge an environment, or change
what was published. Reads from: findings, evaluations, inventory, connections, operations, workspaces,
audit, vault.
"""
