"""Runs in the formats of other tools: tables as Parquet, JSON lines or Hugging Face datasets, and logs of Inspect."""
