"""The PostgreSQL engine of Django with the workspace written at the start of each transaction."""
