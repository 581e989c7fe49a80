"""Prompt templates inferred from rendered prompts: what is constant, what varies, and how sure that is.

Owns: alignment of prompts, grouping, naming of parts, re-extraction. Never does: call a model or change a prompt.
Reads from: traces in normal form, or plain lists of prompts.
"""
