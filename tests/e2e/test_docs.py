"""The docs name everything that there is, and their links lead somewhere."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from kibitz.harness.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DOCS = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", target)]
    missing = [target for target in targets if not (page.parent / target.split("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_anchors_are_headings(page):
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        text = ((page.parent / path) if path else page).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
        known = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert anchor in known, f"{page.name} links to {target}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"kibitz {command}" in DOCS


def test_every_plugin_group_is_documented():
    groups = {point.group for point in distribution("kibitz").entry_points if point.group.startswith("kibitz.")}
    assert groups >= {"kibitz.games", "kibitz.agents", "kibitz.models", "kibitz.suites"}
    assert [group for group in sorted(groups) if group not in DOCS] == []


def test_every_setting_of_the_environment_is_documented():
    sources = [path for room in ("games", "agents", "harness", "results") for path in (ROOT / room).rglob("*.py")]
    used = {name for path in sources for name in re.findall(r"KIBITZ_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert [name for name in sorted(used) if name not in DOCS] == []


def test_every_exit_code_is_documented():
    from kibitz.harness.errors import EXIT_CODES

    assert [code for code in EXIT_CODES if not re.search(rf"\|\s*`?{code}`?\s*\|", DOCS)] == []
