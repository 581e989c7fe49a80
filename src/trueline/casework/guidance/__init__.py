"""Guidance out of what stands still: records that are loaded already in, one case with one next step out. Pure.

Nothing here is stored, asks the database, or does anything: an action names the function of the room that owns it. A
step that a machine proposes would come in at `contract.offered`, as one more action that a person confirms; none does.
"""
