"""What is said on the command line of files that Kibitz did not write."""

from __future__ import annotations

import argparse

from kibitz.results.outside.columns import ReadOptions, parse_columns


def read_options(args: argparse.Namespace) -> ReadOptions:
    """The options of ``--columns`` and ``--scorer``.

    Raises:
        OutsideError: ``--columns`` is not of its form.
    """
    return ReadOptions(parse_columns(args.columns) if args.columns is not None else {}, args.scorer)
