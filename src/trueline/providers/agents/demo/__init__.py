"""A made-up service desk of four agents: its world model, and two weeks of its traces."""
