"""World models and their rules, published versions, scans of agent systems, and the causes that scans find.

Owns: world models, rules, versions, scans, failure clusters. Never does: read a provider, decide about a finding. Reads
from: engine, connections, findings, workspaces.
"""
