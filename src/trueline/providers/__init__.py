"""Plug-ins that turn an outside system into records. Known only to config."""
