"""Statistics of evaluations: from numbers to what may be said about them. Nothing here knows runs, games or agents."""
