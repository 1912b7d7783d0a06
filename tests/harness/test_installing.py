"""What would install a browser, by machine."""

import sys

import pytest

from kibitz.harness.installing import FROM_DEBIAN, InstallError, Machine, commands_for, run, written

PLAYWRIGHT = ((sys.executable, "-m", "playwright", "install", "chromium"),)
WITH_LIBRARIES = ((sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"),)


@pytest.mark.parametrize(
    ("distribution", "root", "apt", "playwright", "expected"),
    [
        ("debian", True, True, False, FROM_DEBIAN),
        ("debian", True, True, True, FROM_DEBIAN),
        ("debian", False, True, True, PLAYWRIGHT),
        ("debian", False, True, False, ()),
        ("ubuntu debian", True, True, True, WITH_LIBRARIES),
        ("ubuntu debian", True, True, False, ()),
        ("ubuntu debian", False, True, True, PLAYWRIGHT),
        ("fedora", True, False, True, PLAYWRIGHT),
        ("", False, False, True, PLAYWRIGHT),
        ("", False, False, False, ()),
    ],
)
def test_the_way_for_each_machine(distribution, root, apt, playwright, expected):
    machine = Machine(frozenset(distribution.split()), root=root, apt=apt, playwright=playwright)
    assert commands_for(machine) == expected


def test_what_a_command_says_is_shown_as_it_comes():
    shown = []
    run((sys.executable, "-c", "import sys; print('one'); print('two', file=sys.stderr)"), shown.append)
    assert sorted(shown) == ["one", "two"]


def test_a_command_that_fails_or_is_missing_is_named():
    with pytest.raises(InstallError, match="exit code 3"):
        run((sys.executable, "-c", "raise SystemExit(3)"), lambda line: None)
    with pytest.raises(InstallError, match="no-such-program install: cannot be run"):
        run(("no-such-program", "install"), lambda line: None)


def test_a_command_is_written_as_one_would_type_it():
    assert written(("a b", "--x")) == "'a b' --x"
