"""Baselines as versioned sets of assertions on settings: reading, layers, evaluation, upgrade, lint. Pure."""
