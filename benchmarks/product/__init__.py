"""What the product itself needs, measured on an installation of its own in var/bench."""
