import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.models.model import Image, Message, Request
from kibitz.harness.threads import Openings, Threads
from kibitz.results.journal import Journal
from kibitz.results.records import RunInfo

INFO = RunInfo(
    name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={}, config={}, config_hash="", versions={},
    command=[], started="",
)  # fmt: skip
RULES = Message("system", "rules", static=True)


@pytest.fixture
def journal(tmp_path):
    with Journal.create(tmp_path / "run", INFO, []) as made:
        yield made


def texts(journal, number):
    return [message.text for message in journal.conversation(number)]


def rows(journal):
    journal.commit()
    return journal._db.execute("SELECT COUNT(*) FROM talk").fetchone()[0]


def test_the_digest_of_a_thread_is_that_of_the_whole_request():
    threads = Threads()
    talk = [RULES, Message("user", "one")]
    threads.follow(0, tuple(talk))
    talk += [Message("assistant", "two"), Message("user", "three")]
    assert threads.follow(0, tuple(talk)).digest == Threads().follow(0, tuple(talk)).digest


def test_equal_messages_that_are_other_objects_are_the_same(journal):
    threads = Threads()
    first = threads.write(journal, threads.follow(0, (RULES, Message("user", "one"))))
    again = (Message("system", "rules", static=True), Message("user", "one"), Message("user", "x"))
    second = threads.write(journal, threads.follow(0, again))
    assert texts(journal, second) == ["rules", "one", "x"]
    assert journal._db.execute("SELECT parent, kept FROM talk WHERE id = ?", (second,)).fetchone() == (first, 1)


def test_a_static_opening_is_stored_once_for_all_episodes(journal):
    openings = Openings()
    numbers = []
    for episode in range(3):
        threads = Threads(openings)
        numbers.append(
            threads.write(
                journal,
                threads.follow(
                    0,
                    (
                        RULES,
                        Message("user", f"episode {episode}"),
                    ),
                ),
            )
        )
    assert [texts(journal, number) for number in numbers] == [["rules", f"episode {n}"] for n in range(3)]
    assert rows(journal) == 4


def test_pictures_go_with_their_message(journal):
    threads, picture = Threads(), Image("image/png", b"\x89PNG")
    number = threads.write(journal, threads.follow(0, (Message("user", "look", (picture,)),)))
    assert journal.conversation(number)[0].images == (picture.digest,)
    assert journal.blob(picture.digest) == ("image/png", b"\x89PNG")


def test_nothing_is_nothing(journal):
    threads = Threads()
    assert threads.write(journal, threads.follow(0, ())) == 0


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=8))
def test_whatever_is_sent_in_whatever_order_is_read_back(tmp_path_factory, talks):
    with Journal.create(tmp_path_factory.mktemp("run") / "run", INFO, []) as journal:
        threads, numbers = Threads(), []
        for talk in talks:
            messages = tuple(Message("user", text, static=text == "a") for text in talk)
            thread = threads.follow(0, messages)
            assert thread.digests == Threads().follow(0, messages).digests
            numbers.append(threads.write(journal, thread))
        assert [texts(journal, number) for number in numbers] == talks


def test_the_request_hash_depends_on_every_message():
    base = Request(messages=(RULES, Message("user", "go")))
    others = [
        Request(messages=(RULES, Message("user", "go!"))),
        Request(messages=(Message("user", "go"), RULES)),
        Request(messages=(RULES,)),
        Request(messages=(RULES, Message("user", "go")), max_tokens=7),
        Request(messages=(Message("system", "rules"), Message("user", "go"))),
        Request(messages=(RULES, Message("user", "go", (Image("image/png", b"x"),)))),
    ]
    assert len({request.digest({"name": "m"}) for request in (base, *others)}) == 7
    assert base.digest({"name": "m"}) != base.digest({"name": "n"})
