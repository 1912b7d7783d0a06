"""Scripted players, the anchors of every leaderboard."""
