"""The commands of ``kibitz``, one module each with ``main(args) -> int``."""
