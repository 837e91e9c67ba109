"""Where relations run: DuckDB embedded by default, Spark Connect for clusters."""
