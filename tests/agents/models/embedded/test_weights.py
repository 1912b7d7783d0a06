"""Finding and fetching: what is in the cache, what sources give, and what is said when none gives anything."""

import threading

import pytest

from kibitz.agents.models.embedded import weights
from kibitz.agents.models.embedded.requantise import RequantiseError
from kibitz.agents.models.embedded.sources import Source, SourceError
from kibitz.agents.models.embedded.weights import Store, own_file
from kibitz.agents.models.model import ModelError


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.delenv("KIBITZ_OFFLINE", raising=False)


def giving(name, content):
    def fetch(_entry, folder, _stop):
        (folder / "got").write_bytes(content)
        return folder / "got"

    return Source(name, fetch)


def failing(name, reason):
    def fetch(_entry, _folder, _stop):
        raise SourceError(reason)

    return Source(name, fetch)


@pytest.fixture
def store(tmp_path, model_bytes, converted_bytes):
    lines = []
    made = Store(
        tmp_path / "models",
        sources=(giving("hub", model_bytes),),
        show=lines.append,
        convert=lambda _source, target: target.write_bytes(converted_bytes) and None,
    )
    made.lines = lines
    return made


def names(store):
    return sorted(path.name for path in store.folder.iterdir() if path.suffix != ".lock")


def test_fetched_checked_and_converted_once(store, tiny):
    ready = store.prepare(tiny)
    assert (ready.quantisation, ready.sha256) == ("Q8_0", tiny.requantised.sha256)
    assert names(store) == ["tiny.Q4_1.gguf", "tiny.Q8_0.gguf"]
    assert any("CC0-1.0" in line for line in store.lines)
    store.sources = ()
    assert store.prepare(tiny) == ready


def test_the_next_source_is_tried_and_the_first_ones_reason_shown(store, tiny, model_bytes):
    wrong, short = b"GGUF" + b"x" * len(model_bytes), model_bytes[:-7]
    store.sources = (failing("hub", "no answer"), giving("a", wrong), giving("b", short), giving("c", model_bytes))
    assert store.prepare(tiny).quantisation == "Q8_0"
    shown = "\n".join(store.lines)
    assert "hub: no answer" in shown
    assert "a: gave other bytes" in shown
    assert f"b: gave {len(short)} of {len(model_bytes)} bytes" in shown
    assert names(store) == ["tiny.Q4_1.gguf", "tiny.Q8_0.gguf"]


def test_when_all_fail_one_error_lists_reasons_and_ways_out(store, tiny):
    store.sources = (failing("hub", "no answer"), failing("index", "no pip"))
    with pytest.raises(ModelError) as caught:
        store.prepare(tiny)
    for part in ("hub: no answer", "index: no pip", "path=FILE.gguf", "tiny.Q4_1.gguf in", str(store.folder)):
        assert part in str(caught.value)
    assert names(store) == []


def test_offline_uses_the_cache_and_fetches_nothing(store, tiny, monkeypatch):
    monkeypatch.setenv("KIBITZ_OFFLINE", "1")
    with pytest.raises(ModelError, match="KIBITZ_OFFLINE is set"):
        store.prepare(tiny)
    monkeypatch.setenv("KIBITZ_OFFLINE", "0")
    ready = store.prepare(tiny)
    monkeypatch.setenv("KIBITZ_OFFLINE", "1")
    assert store.prepare(tiny) == ready


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"x" + b[1:]])
def test_a_damaged_file_in_the_cache_is_replaced(store, tiny, damage):
    ready = store.prepare(tiny)
    for path in (ready.path, store.folder / tiny.file.name):
        path.write_bytes(damage(path.read_bytes()))
    assert store.prepare(tiny) == ready
    assert weights.sha256_of(ready.path) == ready.sha256
    assert any("is not the file it should be" in line for line in store.lines)


def test_a_conversion_with_other_bytes_leaves_the_fetched_file_marked(store, tiny):
    store.convert = lambda _source, target: target.write_bytes(b"other") and None
    ready = store.prepare(tiny)
    assert (ready.quantisation, ready.path.name, ready.note) == ("Q4_1", "tiny.Q4_1.gguf", "not requantised")
    assert names(store) == ["tiny.Q4_1.gguf", "tiny.Q8_0.gguf.refused"]
    assert weights.planned(tiny, store.folder) == ready
    store.convert = None
    assert store.prepare(tiny) == ready
    assert sum("gave other bytes" in line for line in store.lines) == 1


def test_a_conversion_that_fails_is_said_with_the_way_out(store, tiny):
    def convert(_source, target):
        target.write_bytes(b"half")
        raise RequantiseError("no memory")

    store.convert = convert
    with pytest.raises(ModelError, match=r"to Q8_0 failed: no memory; path=.*tiny\.Q4_1\.gguf"):
        store.prepare(tiny)
    assert names(store) == ["tiny.Q4_1.gguf"]


def test_two_at_once_fetch_once(store, tiny, model_bytes):
    fetched = []
    started = threading.Event()

    def fetch(_entry, folder, _stop):
        fetched.append(folder)
        started.wait(2)
        (folder / "got").write_bytes(model_bytes)
        return folder / "got"

    store.sources = (Source("slow", fetch),)
    results = []
    threads = [threading.Thread(target=lambda: results.append(store.prepare(tiny))) for _ in range(2)]
    for thread in threads:
        thread.start()
    threads[0].join(0.2)
    started.set()
    for thread in threads:
        thread.join(10)
    assert len(fetched) == 1
    assert results[0] == results[1]


def test_a_stopped_fetch_ends_with_one_sentence(store, tiny):
    store.stop = threading.Event()
    store.stop.set()
    store.sources = (failing("hub", "stopped"),)
    with pytest.raises(ModelError, match="was stopped"):
        store.prepare(tiny)


def test_an_unusable_cache_folder_is_named(tmp_path, tiny):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="KIBITZ_CACHE"):
        Store(tmp_path / "file" / "models").prepare(tiny)


def test_the_cache_folder_can_be_chosen(tmp_path, monkeypatch, tiny):
    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    assert weights.cache_folder() == tmp_path / "models"
    assert weights.find_weights(tiny) is None
    monkeypatch.delenv("KIBITZ_CACHE")
    assert weights.cache_folder().parts[-2:] == ("kibitz", "models")


def test_the_file_to_be_run_is_found_without_reading_it(tmp_path, monkeypatch, tiny, model_bytes, converted_bytes):
    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    folder = weights.cache_folder()
    folder.mkdir()
    (folder / tiny.file.name).write_bytes(model_bytes)
    assert weights.find_weights(tiny).name == tiny.file.name
    (folder / tiny.requantised.name).write_bytes(converted_bytes)
    assert weights.find_weights(tiny).name == tiny.requantised.name


def test_a_file_of_the_users(tmp_path, tiny, model_bytes):
    file = tmp_path / "mine.gguf"
    file.write_bytes(model_bytes)
    assert own_file(str(file)).sha256 == tiny.file.sha256
    assert own_file(str(file), tiny).quantisation == "Q4_1"
    file.write_bytes(model_bytes + b"x")
    with pytest.raises(ModelError, match="is not tiny"):
        own_file(str(file), tiny)
    file.write_bytes(b"PK")
    with pytest.raises(ModelError, match="not a GGUF file"):
        own_file(str(file))
    with pytest.raises(ModelError, match="cannot read"):
        own_file(str(tmp_path / "none.gguf"))
