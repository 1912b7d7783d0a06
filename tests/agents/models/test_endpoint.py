import socket

import pytest

from kibitz.agents.models.endpoint import is_loopback


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://localhost/v1", True),
        ("http://api.localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://0.0.0.0/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("https://user:127.0.0.1@example.com/v1", False),
        ("http://192.168.0.3/v1", False),
    ],
)
def test_what_is_this_machine(url, local):
    assert is_loopback(url) is local


def test_these_tests_reach_this_machine_only():
    with socket.socket() as reaching, pytest.raises(AssertionError, match=r"connects to \('192.0.2.1'"):
        reaching.connect(("192.0.2.1", 80))
