"""World models: rules that a domain expert can read, checked against traces without a language model.

Owns: the rule language, lint, checks, verdicts, the composite score. Never does: act on a verdict or call a model.
Reads from: world model files and traces in normal form.
"""
