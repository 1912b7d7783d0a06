"""What is seen and said in every contender's episodes; the standard library only, for references that lack Kibitz."""

REPLY = "Thought: the centre is free.\n<turn>0</turn>\n<last>no</last>\n<action>4</action>"
"""What the model says in every call; it answers the two questions too, whether they are asked or not."""


def seen(game: int, turn: int) -> str:
    """What a player of ``game`` sees at ``turn``: as long as a small board, and different in every game and turn."""
    return f"Game {game}, observation {turn}: board . . . / . X . / . . O. Your move."
