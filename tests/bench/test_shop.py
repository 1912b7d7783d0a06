"""The bench of the shop: its parts measure what they say, and its rows are what the formats page says."""

import json
import sys
from random import Random

import pytest


@pytest.fixture
def shop(bench, monkeypatch):
    """The bench with parts that take hardly any time, in this process."""
    import shop

    monkeypatch.setattr(shop, "ROUNDS", 1)
    monkeypatch.setattr(shop, "SESSIONS", 4)
    monkeypatch.setattr(
        shop, "part", lambda name, *more: shop.opened(*more) if name == "open" else shop.PARTS[name](0.01, 0)
    )
    return shop


def test_each_figure_is_a_row(shop, capsys, monkeypatch):
    real = shop.measured
    monkeypatch.setattr(shop, "measured", lambda seconds, products: real(0.01, 30))
    monkeypatch.setattr(sys, "argv", ["shop.py", "--json", "-", "--check"])
    assert shop.main() in (0, 1)  # a moment says nothing of a rate
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [
        "shop/walk", "shop/walk/original", "shop/reset", "shop/snapshot-restore", "shop/session", "hotpotqa/walk",
        "shop/baseline/easy", "shop/baseline/medium", "shop/baseline/hard", "shop/relatives-beside", "shop/generate/30",
        "shop/open/30",
    ]  # fmt: skip
    assert all(set(row) == {"name", "value", "unit", "reference", "ratio", "target", "pass"} for row in rows.values())
    assert rows["shop/walk/original"]["reference"] == 62.0
    success = [rows[f"shop/baseline/{level}"]["value"] for level in ("easy", "medium", "hard")]
    assert success == sorted(success, reverse=True)
    assert rows["shop/relatives-beside"]["value"] > 0.9


def test_no_query_is_drawn_twice(shop):
    found = [query for query, _ in zip(shop.queries(["a", "b"], Random(0)), range(30), strict=False)]
    assert len(found) == len(set(found)) == 30


def test_a_missed_target_fails(shop):
    assert shop.bounded("x", 2.0, "s", 1.0).passed is False
    assert shop.bounded("x", 2.0, "steps/cpu_s", 1.0, least=True).passed is True
