"""Receiving, keeping and asking traces, beside another receiver with the same sender."""
