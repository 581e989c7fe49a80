"""The contract that a provider fulfils, the registry of providers, and an environment's connections.

Owns: connections, uploaded exports, the record shapes. Never does: name a provider or interpret a record's content.
Reads from: workspaces, operations, audit.
"""
