"""One module for each rule; `tools.lint.registry` lists them."""
