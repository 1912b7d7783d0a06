"""Ratings: how strong agents are, from who beat whom in games of two seats."""
