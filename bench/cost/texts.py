"""What is seen and said in every contender's episodes; the standard library only, for references that lack Kibitz."""


def seen(game: int, turn: int) -> str:
    """What a player of ``game`` sees at ``turn``: as long as a small board, and different in every game and turn."""
    return f"Game {game}, observation {turn}: board . . . / . X . / . . O. Your move."


def reply(number: int) -> str:
    """What the model says, different in every call; it answers the game's two questions too, asked or not."""
    return f"Thought {number}: the centre is free.\n<turn>0</turn>\n<last>no</last>\n<action>4</action>"
