"""The command line: one module for each command.

Owns: arguments, exit codes, what a terminal shows. Never does: hold logic of a room. Reads from: rooms.
"""
