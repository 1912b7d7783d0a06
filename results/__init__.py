"""Results: what happened. Records, journal, scores, leaderboard and report."""

if __name__ == "results":
    raise ImportError("this folder is the package kibitz.results: install kibitz and write 'import kibitz.results'")
