"""What a game of poker is made of: betting, hand ranks, equity, a player, words and a picture."""
