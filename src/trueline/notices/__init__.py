"""Messages that leave Trueline: alerts, webhooks, notices to a person; one delivery mechanism for all.

Owns: destinations, alert rules, deliveries, notices, what a person wants to be told. Never does: decide what happened,
or show anybody more than they reach when it is sent. Reads from: the audit trail, findings, reviews, workspaces, the
vault.
"""
