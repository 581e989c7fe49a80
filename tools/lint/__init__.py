"""House rules that import contracts cannot see, each a module in `rules/` with its story and its samples."""
