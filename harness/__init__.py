"""Harness: who plays what, when and under which limits. Configuration, schedule, episode loop, command line."""

if __name__ == "harness":
    raise ImportError("this folder is the package kibitz.harness: install kibitz and write 'import kibitz.harness'")
