import gzip
import json

import pytest

from kibitz.games.game import DataError
from kibitz.games.qa.load import ATTRIBUTION, load

RECORD = {
    "_id": "q1",
    "question": "Who wrote Blue Voyage?",
    "answer": "Anna Berg",
    "type": "bridge",
    "level": "easy",
    "supporting_facts": [["Blue Voyage", 0], ["Anna Berg", 0], ["Blue Voyage", 1]],
    "context": [["Blue Voyage", ["A novel.", " By Anna Berg."]], ["Anna Berg", ["A writer."]]],
}
COLUMNS = RECORD | {
    "supporting_facts": {"title": ["Blue Voyage", "Anna Berg", "Blue Voyage"], "sent_id": [0, 0, 1]},
    "context": {"title": ["Blue Voyage", "Anna Berg"], "sentences": [["A novel.", " By Anna Berg."], ["A writer."]]},
}


def write(tmp_path, content, name="questions.json"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([RECORD]),
        json.dumps(RECORD) + "\n\n",
        json.dumps(COLUMNS),
        "\ufeff" + json.dumps([RECORD]),
        gzip.compress(json.dumps(RECORD).encode()),
    ],
    ids=["list", "lines", "columns", "mark", "gzip"],
)
def test_all_forms_of_a_file_hold_the_same_questions(tmp_path, content):
    found = load(write(tmp_path, content))
    (one,) = found.questions.values()
    assert (one.id, one.supporting, one.paragraphs[0].text) == (
        "q1",
        ("Blue Voyage", "Anna Berg"),
        "A novel. By Anna Berg.",
    )
    assert found.digest == load(write(tmp_path, json.dumps([RECORD]), "other.json")).digest
    assert found.attribution == ATTRIBUTION


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no question"),
        ("[]", "holds no question"),
        ("[{", "is no JSON .* is the file whole"),
        (json.dumps(RECORD) + "\n" + json.dumps(RECORD)[:50], "line 2: is no JSON"),
        (b"\xff\xfe", "no text in UTF-8"),
        (gzip.compress(b"x" * 1000)[:20], "cannot be read or unpacked"),
        ("[1]", "question 1: is no object"),
        (json.dumps([RECORD, RECORD]), "question 2: the id 'q1' occurs twice"),
        (json.dumps({k: v for k, v in RECORD.items() if k != "answer"}), "the field answer is missing"),
        (json.dumps(RECORD | {"answer": " "}), "answer = ' ' is no text"),
        (json.dumps(RECORD | {"type": "riddle"}), "type = 'riddle' is neither"),
        (json.dumps(RECORD | {"level": "brutal"}), "level = 'brutal' is none of"),
        (json.dumps(RECORD | {"context": []}), "a supporting title is not among the paragraphs"),
        (json.dumps(RECORD | {"supporting_facts": []}), "or there is none"),
        (json.dumps(RECORD | {"context": [["Blue Voyage", "text"]]}), "context holds something else"),
        (json.dumps(RECORD | {"context": [["Blue Voyage", [1]]]}), "context holds something else"),
        (json.dumps(RECORD | {"context": "text"}), "context is neither a list of pairs"),
        (json.dumps(RECORD | {"context": {"title": ["a"], "sentences": []}}), "the columns of context"),
        (json.dumps(RECORD | {"supporting_facts": [[1, 2]]}), "supporting_facts holds something else"),
    ],
)
def test_what_is_no_question_set_is_refused_with_its_place(tmp_path, content, said):
    with pytest.raises(DataError, match=said):
        load(write(tmp_path, content))


def test_a_missing_file_names_the_other_ways(tmp_path):
    with pytest.raises(DataError, match=r'cannot be read .*"generated", or "hub:"'):
        load(str(tmp_path / "absent.json"))


def test_a_changed_file_is_read_again(tmp_path):
    path = write(tmp_path, json.dumps([RECORD]))
    first = load(path)
    assert load(path) is first
    write(tmp_path, json.dumps([RECORD | {"answer": "Anna Maria Berg"}]))
    assert load(path).digest != first.digest


def test_what_datasets_has_saved_is_read_by_it(tmp_path):
    datasets = pytest.importorskip("datasets")
    table = datasets.Dataset.from_list([COLUMNS | {"id": "q1"}])
    table.save_to_disk(str(tmp_path / "saved"))
    table.to_parquet(str(tmp_path / "questions.parquet"))
    wanted = load(write(tmp_path, json.dumps([RECORD]))).digest
    assert load(str(tmp_path / "saved")).digest == wanted
    assert load(str(tmp_path / "questions.parquet")).digest == wanted


def test_a_folder_that_datasets_cannot_read(tmp_path):
    pytest.importorskip("datasets")
    with pytest.raises(DataError, match="datasets cannot read it"):
        load(str(tmp_path))


def test_the_hub_without_a_network_says_what_else_there_is(monkeypatch):
    datasets = pytest.importorskip("datasets")

    def offline(*args, **options):
        raise ConnectionError("no route to host\nand more")

    monkeypatch.setattr(datasets, "load_dataset", offline)
    with pytest.raises(
        DataError, match=r"hotpotqa/hotpot_qa \(distractor, validation\) cannot be had: 'no route to host'"
    ):
        load("hub:")


def test_the_hub_is_asked_for_what_is_named(monkeypatch):
    datasets = pytest.importorskip("datasets")
    asked = []

    def found(name, config, split):
        asked.append((name, config, split))
        return [COLUMNS]

    monkeypatch.setattr(datasets, "load_dataset", found)
    assert list(load("hub:someone/else:full:train").questions) == ["q1"]
    assert asked == [("someone/else", "full", "train")]


def test_the_original_questions(real_data):
    found = load(str(real_data("hotpotqa/distractor_300.jsonl.gz")))
    assert len(found.questions) == 300
    assert sum(one.kind == "bridge" for one in found.questions.values()) == 247
    assert len({p.title for one in found.questions.values() for p in one.paragraphs}) == 2958
