from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.models.failures import Secrets, error_text, retry_after, shown_url

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": {"message": "m"}}, "m"),
        ({"error": "m"}, "m"),
        ({"message": "m"}, "m"),
        ({"detail": "m"}, "m"),
        ([{"error": {"message": "m"}}], "m"),
        ("m", "m"),
        (None, ""),
        ([], ""),
        ({}, ""),
        (5, ""),
    ],
)
def test_error_texts(body, text):
    assert error_text(body) == text


@pytest.mark.parametrize(
    "text", ["key is s3cr+t/x!", "s3cr%2Bt%2Fx%21", "me:pass%40word", "me:pass@word", "bWU6cGFzc0B3b3Jk", "q-value"]
)
def test_secrets_are_scrubbed_in_every_spelling(text):
    secrets = Secrets.of("s3cr+t/x!", "https://me:pass%40word@host/v1?token=q-value")
    scrubbed = secrets.scrub(text)
    assert not any(part in scrubbed for part in ("s3cr", "pass", "bWU6", "q-value"))


def test_what_looks_like_a_key_is_scrubbed_even_if_unknown():
    assert "abc" not in Secrets([]).scrub("Incorrect API key provided: sk-abc***xyz9.")


@given(st.text(max_size=500))
def test_scrubbed_text_is_one_short_printable_line(text):
    scrubbed = Secrets(["abcd"]).scrub(text, longest=80)
    assert len(scrubbed) <= 80
    assert scrubbed.isprintable()
    assert "abcd" not in scrubbed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("https://me:pw@host/v1?key=x#y", "https://host/v1"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_addresses_are_shown_without_secrets(url, shown):
    assert shown_url(url) == shown
