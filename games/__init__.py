"""Games: worlds to act in. Rules, views, legal actions, the questions that can be asked, and their ground truth."""

if __name__ == "games":
    raise ImportError("this folder is the package kibitz.games: install kibitz and write 'import kibitz.games'")
