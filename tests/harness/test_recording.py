import msgspec
import pytest

from kibitz.agents.models.model import Choice, Completion, Message, Request
from kibitz.harness.recording import Recording, difference, place_of
from kibitz.results.journal import Journal
from kibitz.results.records import AgentInfo, CallRecord, EpisodeRecord, MessageRecord, RunInfo, UnitRecord

SMALL = {"backend": "openai", "name": "small"}
LARGE = {"backend": "openai", "name": "large"}
UNITS = [UnitRecord(index=n, key=f"u{n}", game="g", task=None, k=0, agents=("a",), pair="p", seed=1) for n in range(3)]


def ask(text="your move?", seed=3, **changes):
    return Request(messages=(Message("system", "the rules"), Message("user", text)), seed=seed, **changes)


def info(*agents):
    return RunInfo(
        name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={a.name: a for a in agents}, config={},
        config_hash="", versions={}, command=[], started="",
    )  # fmt: skip


def agent(name, **models):
    return AgentInfo(name=name, kind="llm", identity={"models": models}, hash=name)


def put(journal, request, said, *, unit="u0", step=0, name="a", identity=SMALL):
    number = journal.put_talk([MessageRecord(role=message.role, text=message.text) for message in request.messages])
    call = CallRecord(
        unit=unit, trial=0, step=step, seat=0, scope="try0/greedy", i=0, agent=name, role="policy",
        request=request.digest(identity), parameters=request.parameters(), context=number,
        completion=msgspec.to_builtins(Completion(choices=(Choice(text=said),))),
    )  # fmt: skip
    journal.put_call(call)
    return place_of(call)


def text(data):
    return msgspec.json.decode(data, type=Completion).choices[0].text


@pytest.fixture
def journal(tmp_path):
    with Journal.create(tmp_path / "run", info(agent("a", policy=SMALL), agent("b", policy=LARGE)), UNITS) as made:
        yield made


def loaded(journal, identity=SMALL):
    journal.commit()
    return Recording.load(journal.folder, identity)


def test_of_equal_requests_the_one_of_the_same_place_counts_then_the_first(journal):
    places = [put(journal, ask(), f"said {n}", unit=f"u{n}") for n in (1, 0)]
    recording, request = loaded(journal), ask().digest(SMALL)
    assert [text(recording.completion(request, place)) for place in (*places, None)] == ["said 1", "said 0", "said 0"]
    assert recording.completion("another", places[0]) is None


def test_another_model_s_completions_are_none_of_ours(journal):
    put(journal, ask(), "large", name="b", identity=LARGE)
    assert loaded(journal).completions == {}
    assert text(loaded(journal, LARGE).completion(ask().digest(LARGE), None)) == "large"


def test_it_says_which_message_differs(journal):
    place = put(journal, ask("Board: X_O. Legal actions: 1 2 3"), "1", step=4)
    why = loaded(journal).explain(ask("Board: X_O. Legal moves: 1 2 3"), place)
    assert why == (
        'message 2 (user) was "Board: X_O. Legal actions: 1 2 3" and is now "Board: X_O. Legal moves: 1 2 3"'
    )


def test_it_says_which_parameters_differ(journal):
    place = put(journal, ask(max_tokens=100), "1")
    why = loaded(journal).explain(ask(max_tokens=200, json_schema='{"type": "object"}'), place)
    assert why == 'json_schema was "not set" and is now "{"type": "object"}"; max_tokens was "100" and is now "200"'


def test_another_opponent_s_episode_is_compared_where_this_one_has_no_such_call(journal):
    put(journal, ask("something else entirely"), "1", unit="u1", step=2)
    near = put(journal, ask("Board: X_O"), "1", unit="u2", step=2)
    journal.put_episode(EpisodeRecord(unit="u0", status="done"))
    why = loaded(journal).explain(ask("Board: XXO"), ("u0", *near[1:]))
    assert why.startswith('the nearest is in u2, step 2: message 2 (user) was "Board: X_O" and is now "Board: XXO"')


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("u0", "nothing was asked there then: the episode takes another course, or the call is new"),
        ("u1", "that episode failed in the recorded run (timeout), and a call that failed is not recorded"),
        ("u2", "that episode was not finished in the recorded run"),
        ("elsewhere", "nothing was asked there then: the episode takes another course, or the call is new"),
    ],
)
def test_it_says_why_nothing_is_recorded_there(journal, unit, said):
    journal.put_episode(EpisodeRecord(unit="u0", status="done"))
    journal.put_episode(EpisodeRecord(unit="u1", status="failed", cause="timeout"))
    why = loaded(journal).explain(ask(), (unit, 0, 9, 0, "try0/greedy", 0))
    assert why == f'{said}; it ends with "your move?"'


def test_what_looks_like_a_key_and_what_drives_a_terminal_is_not_shown(journal):
    place = put(journal, ask("key sk-abcdefghijklmnop \x1b[2J"), "1")
    why = loaded(journal).explain(ask("key sk-qrstuvwxyzabcdef \x1b[2J"), place)
    assert "sk-" not in why
    assert "\x1b" not in why
    assert "***" in why


def test_long_messages_are_shown_around_what_differs(journal):
    place = put(journal, ask("a" * 5000 + "X" + "b" * 5000), "1")
    why = loaded(journal).explain(ask("a" * 5000 + "Y" + "b" * 5000), place)
    assert "aaaXbbb" in why
    assert "aaaYbbb" in why
    assert "(from character 4971)" in why
    assert len(why) < 300


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ([("user", "a")], [("user", "a")], ""),
        ([("user", "a")], [("assistant", "a")], "message 1 was of the user and is now of the assistant"),
        ([("user", "a")], [("user", "a"), ("user", "b")],
         'there were 1 messages and are now 2; the first more begins with "b"'),
        ([("user", "a"), ("user", "b")], [("user", "a")],
         'there were 2 messages and are now 1; the first more begins with "b"'),
    ],
)  # fmt: skip
def test_conversations_are_compared_message_by_message(then, now, said):
    old = [MessageRecord(role=role, text=text) for role, text in then]
    assert difference(old, [Message(role, text) for role, text in now]) == said


def test_a_message_that_left_the_static_prompt_is_another_one():
    old = MessageRecord(role="user", text="a", static=True)
    assert difference([old], [Message("user", "a")]) == (
        "message 1 (user) has other pictures, or is no longer part of the static prompt"
    )
