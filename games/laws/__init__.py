"""The laws of the game contract as checks, by what they are about."""
