"""Prompt templates, versioned, and the set that an agent uses: ours, with a suite's own blocks in place of some."""
