"""Writes on world models and scans."""
