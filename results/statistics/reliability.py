"""How reliably tasks are solved: at least once in k trials (pass@k), and in all k trials (pass^k)."""

from __future__ import annotations

from math import comb


def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of ``k`` trials passes, where ``c`` of ``n`` did: 1 - C(n - c, k) / C(n, k).

    Unbiased (Chen et al. 2021, arXiv 2107.03374, equation 1). Whole numbers of any size are divided once, so nothing
    overflows and nothing cancels.

    Raises:
        ValueError: Not 0 <= c <= n, or not 1 <= k <= n.
    """
    _check(n, c, k)
    all_ways = comb(n, k)
    return (all_ways - comb(n - c, k)) / all_ways


def pass_all_k(n: int, c: int, k: int) -> float:
    """Chance that all of ``k`` trials pass, where ``c`` of ``n`` did: C(c, k) / C(n, k).

    Unbiased (Yao et al. 2024, tau-bench, arXiv 2406.12045, section 2; written pass^k).

    Raises:
        ValueError: As for ``pass_at_k``.
    """
    _check(n, c, k)
    return comb(c, k) / comb(n, k)


def _check(n: int, c: int, k: int) -> None:
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"needs 0 <= passed <= trials and 1 <= k <= trials, got {c} of {n} trials and k = {k}")
