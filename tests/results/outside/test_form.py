from pathlib import Path

import pytest

from kibitz.results.outside.form import Form, OutsideError, recognise


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"task,score\na,1\n", Form.CSV),
        (b"\xef\xbb\xbftask;score\n", Form.CSV),
        (b'{"task": "a", "score": 1}\n', Form.JSON_LINES),
        (b'\xef\xbb\xbf{"task": "a", "score": NaN}\n', Form.JSON_LINES),
        (b'{"task": "a", "reply": "' + b"x" * 100_000 + b'"}\n', Form.JSON_LINES),
        (b'{"kind":"kibitz-baseline","schema":1}\n', Form.BASELINE),
        (b'{"version": 2, "status": "success", "eval": {}}', Form.INSPECT),
        (b'{\n  "version": 2,\n  "status": "success",\n  "eval": {', Form.INSPECT),
        (b"PK\x03\x04", Form.INSPECT),
        (b'<?xml version="1.0"?><testsuites/>', Form.JUNIT),
    ],
)
def test_the_content_tells_the_form(tmp_path: Path, content: bytes, form: Form) -> None:
    path = tmp_path / "results.txt"
    path.write_bytes(content)
    assert recognise(path) is form


def test_a_folder_is_a_run(tmp_path: Path) -> None:
    assert recognise(tmp_path) is Form.RUN


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"SQLite format 3\x00", "name the folder"),
        (b"PAR1", "Parquet"),
        (b"\x1f\x8b\x08", "gzip"),
        ("task,score\n".encode("utf-16"), "UTF-16"),
        (b"task\x00score", "is no text"),
        (b'[{"task": "a"}]', "one object a line"),
        (b'{\n "task": "a"\n}', "no whole object"),
        (b"<!doctype html><p>", "HTML page"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    with pytest.raises(OutsideError, match=said):
        recognise(path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="no such file or folder; accepted are a run folder"):
        recognise(tmp_path / "none.csv")
