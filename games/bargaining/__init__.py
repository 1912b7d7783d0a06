"""Bargaining games."""
