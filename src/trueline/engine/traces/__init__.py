"""Traces of agents: from files and wire forms to one normal form.

Owns: the decoders of OTLP (JSON, protobuf), nested spans and chat transcripts, and the normal form of a span.
Never does: judge a span. Reads from: files and bytes that its caller names.
"""
