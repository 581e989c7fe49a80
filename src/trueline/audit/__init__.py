"""What people and systems did: append-only events, hashed into one chain for each workspace.

Owns: audit events and chain heads. Never does: hold a key to another room, change or delete an event.
Reads from: nothing; every room above writes its events here, in its own transaction.
"""
