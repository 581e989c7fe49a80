"""A running PostgreSQL for one installation: found outside, or started from binaries and shared by its processes.

Owns: the server's files, its start and stop, the roles and the database. Never does: touch a table, import Django.
Reads from: the environment, the installed wheels, the state folder of the installation.

The doors: `server.provide` (a running server), `bootstrap.bootstrap` (roles and database), `doctor.checks`.
"""
