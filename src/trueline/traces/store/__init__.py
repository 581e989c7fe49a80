"""Files of spans: rows, Parquet, and the questions that DuckDB answers over them."""
