"""Moving games: courts and fields where all seats act at the same time."""
