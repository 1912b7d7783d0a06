"""Two sides compared, always in pairs: the same task, seed and seat on both."""
