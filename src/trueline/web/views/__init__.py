"""Views, a file for each part of the product: parse, one action or query, render."""
