"""The programming interface `/api/v1`: what the pages show and do, for programs.

Owns: addresses, shapes and conventions of the interface; its description. Never does: decide, read or write by itself.
Reads from: queries and actions of the rooms.
"""
