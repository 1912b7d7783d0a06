"""The gate: whether a candidate may pass, said with a known error, and how it is told."""
