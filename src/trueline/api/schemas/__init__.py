"""Shapes of requests and answers. None is a table: what a table gains is not shown by itself."""
