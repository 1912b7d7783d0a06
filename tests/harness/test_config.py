import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from kibitz.harness.config import from_resolved, parse, resolved, with_overrides
from kibitz.harness.errors import ConfigError
from kibitz.harness.library import load_suite, shipped
from kibitz.harness.settings import Amount, Budget, Deadlines, Execution, Journaling

GOOD = """
name = "s"
[agents.a]
kind = "random"
[agents.b]
kind = "minimax"
depth = 2
[[match]]
game = "tictactoe"
pairs = 3
"""


def suite_of(text: str, path: Path | None = None):
    return parse(tomllib.loads(text), "s.toml", path)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        suite_of(text)
    return str(caught.value)


def test_defaults_are_written_out():
    suite = suite_of(GOOD)
    (match,) = suite.matches
    assert (match.label, match.schedule, match.agents, match.pairs) == ("tictactoe", "round-robin", ("a", "b"), 3)
    assert match.options == {"opening_plies": 0}
    assert suite.agents[1].options == {"depth": 2, "answers": "none"}
    assert (suite.protocol.ask, suite.protocol.retries, suite.protocol.fallback) == ("same", 1, "random")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('nmae = "x"', "unknown key 'nmae'; did you mean 'name'?"),
        ("seed = -1", "seed = -1 must be at least 0"),
        ('seed = "0"', "seed = '0' is not a whole number"),
        ("[protocol]\nretries = 99", "[protocol] retries = 99 must be at most 10"),
        (
            '[protocol]\nask = "sometimes"',
            "[protocol] ask = 'sometimes' is not one of none, same, before",
        ),
        ("[protocol]\nretry = 1", "[protocol] unknown key 'retry'; did you mean 'retries'?"),
        ('[agents.c]\nkind = "randm"', "[agents.c] kind = 'randm' is not installed; did you mean 'random'?"),
        ("[agents.c]\ndepth = 1", "[agents.c] kind is missing"),
        ('[agents."c,d"]\nkind = "random"', "[agents.c,d]: the name may hold"),
        ('[agents.c]\nkind = "minimax"\ndepth = 99', "[agents.c] depth = 99 is outside 1..64"),
        ('[agents.c]\nkind = "minimax"\ndeep = 1', "[agents.c] unknown key 'deep'; did you mean 'depth'?"),
        ('[agents.c]\nkind = "llm"\nmodel = "oepnai:x"', "unknown model back end 'oepnai'"),
        ("[limits.openai]\nrpm = 0", "[limits.openai] rpm = 0 must be at least 1"),
        ("[limits.openai]\ndeadline = 0", "[limits.openai] deadline = 0 must be more than 0"),
        ("[limits.openai]\ndeadline = inf", "[limits.openai] deadline = inf is not a finite number"),
        ("[limits.openai]\nattempts = 0", "[limits.openai] attempts = 0 must be at least 1"),
        ("[limits.openai]\nlongest_weight = 1", "unknown key 'longest_weight'; did you mean 'longest_wait'?"),
        ("[limits]\nopenai = 3", "[limits.openai] = 3 is not a table"),
        ("[deadlines]\nstep = -1", "[deadlines] step = -1 must be more than 0"),
        ('[deadlines]\nstep = "1h"', "[deadlines] step = '1h' is not a number"),
        ("[deadlines]\nturn = 1", "[deadlines] unknown key 'turn'; there are: step, episode"),
        ("[budget]\nusd = -1.5", "[budget] usd = -1.5 must be at least 0"),
        ("[budget]\ntokens = 0", "[budget] tokens = 0 must be at least 1"),
        ("[budget]\nsteps = 1", "[budget] unknown key 'steps'; did you mean 'step'?"),
        ("[budget.episode]\ntokens = 1.5", "[budget.episode] tokens = 1.5 is not a whole number"),
        ("[budget.step]\nuds = 1", "[budget.step] unknown key 'uds'; did you mean 'usd'?; there are: usd, tokens"),
        ("[budget]\nagent = 3", "[budget.agent] = 3 is not a table"),
        ('[prices."openai:x"]\ninput = 1', '[prices."openai:x"] output is missing'),
        ('[prices."openai:x"]\ninput = nan\noutput = 1', '[prices."openai:x"] input = nan is not a finite number'),
        ('[prices."opnai:x"]\ninput = 1\noutput = 1', "unknown model back end 'opnai'; did you mean 'openai'?"),
        ('[prices."openai: x"]\ninput = 1\noutput = 1', 'is not written as in model = "PROVIDER:NAME"'),
        ('[journal]\nsync = "off"', "[journal] sync = 'off' is not one of normal, full"),
        ('[execution]\nisolate = "some"', "[execution] isolate = 'some' is not one of auto, all, none"),
        ("[execution]\nprocesses = 0", "[execution] processes = 0 must be at least 1"),
        ('[[match]]\ngame = "conect4"', "[[match]] 2 (conect4) unknown game 'conect4'; did you mean 'connect4'?"),
        ('[[match]]\ngame = "connect4"\npairs = 0', "[[match]] 2 (connect4) pairs = 0 must be at least 1"),
        ('[[match]]\ngame = "connect4"\npair = 1', "[[match]] 2 (connect4) unknown key 'pair'; did you mean 'pairs'?"),
        ('[[match]]\ngame = "connect4"\noptions = {opening_plies = 99}', "opening_plies = 99 is outside 0..12"),
        ('[[match]]\ngame = "connect4"\nagents = ["x"]', "there is no [agents.x]"),
        ('[[match]]\ngame = "connect4"\nagents = ["a", "a"]', "names somebody twice"),
        ('[[match]]\ngame = "connect4"\nschedule = "single"', "is for games of one seat; connect4 has 2"),
        ('[[match]]\ngame = "numberline"\nschedule = "round-robin"', "is for games of two seats; numberline has 1"),
        ('[[match]]\ngame = "connect4"\nschedule = "against"', 'needs the key against = "NAME"'),
        ('[[match]]\ngame = "connect4"\nschedule = "against"\nagainst = "x"', "against: there is no [agents.x]"),
        ('[[match]]\ngame = "connect4"\nagainst = "a"', 'goes with schedule = "against" only'),
        ('[[match]]\ngame = "numberline"\nschedule = "positions"', "numberline has no position suites"),
        ('[[match]]\ngame = "connect4"\nrung = "easy"', 'rung = "easy" goes with schedule = "positions" only'),
        ('[[match]]\ngame = "connect4"\nrung = "steep"', "rung = 'steep' is not one of easy, medium, hard"),
        ('[[match]]\ngame = "tictactoe"', "[[match]] 1 and 2 both have a and b play tictactoe"),
    ],
)
def test_a_mistake_is_named_with_place_value_and_what_is_allowed(change, said):
    text = f"{change}\n{GOOD}" if "[" not in change.split("\n")[0] else f"{GOOD}\n{change}"
    message = refusal(text)
    assert said in message
    assert message.startswith("s.toml: ")


def test_all_mistakes_are_told_at_once():
    message = refusal('name = "s"\n[agents.a]\nkind = "minimax"\ndepth = 0\nanswers = "x"\n[[match]]\ngame = "chess"\n')
    assert "3 mistakes" in message
    assert all(part in message for part in ("depth = 0", "answers = 'x'", "chess"))


def test_no_match_is_refused():
    assert "[[match]]" in refusal('name = "s"\nmatch = []')
    assert "there is no [[match]]" in refusal('name = "s"')
    assert "write [[match]]" in refusal('name = "s"\n[match]\ngame = "tictactoe"')


@pytest.mark.parametrize(
    "line",
    ['api_key = "sk-S3CRET"', 'model = "sk-S3CRET"', 'api_key_env = "sk-S3CRET"', 'token = "S3CRET"',
     'base_url = "http://me:S3CRET@host/v1"', 'base_url = "http://me:S3/CRET@host/v1"',
     'base_url = "http://host/v1?key=S3CRET"', 'model = "openai:sk-S3CRETS3CRET"', 'api_key_env = "a key S3CRET"'],
)  # fmt: skip
def test_a_key_is_refused_and_never_shown(line):
    message = refusal(GOOD + '\n[agents.c]\nkind = "llm"\n' + line)
    assert "S3CRET" not in message
    assert "api_key_env" in message or "name of an environment variable" in message


def test_a_key_in_an_unknown_section_is_not_shown_either():
    assert "S3CRET" not in refusal('[openai]\napi_key = "sk-S3CRET"\n')


def test_games_with_several_options_have_labels_that_tell_them_apart():
    more = '[[match]]\ngame = "tictactoe"\noptions = {opening_plies = 2}\n'
    assert [m.label for m in suite_of(GOOD + more).matches] == [
        "tictactoe[opening_plies=0]",
        "tictactoe[opening_plies=2]",
    ]


def test_against_pairs_everybody_with_one():
    more = '[agents.c]\nkind = "greedy"\n[[match]]\ngame = "connect4"\nschedule = "against"\nagainst = "b"\n'
    match = suite_of(GOOD + more).matches[1]
    assert list(match.pairings()) == [("a", "b"), ("c", "b")]


@pytest.mark.parametrize("name", ["quickstart"])
def test_what_resolves_comes_back_equal(name):
    suite = load_suite(name)
    again = from_resolved(tomllib.loads(tomli_w.dumps(resolved(suite))))
    assert resolved(again) == resolved(suite)
    assert resolved(with_overrides(again, ["greedy:name=g2"])) != resolved(suite)


SETTINGS = """
[limits.openai]
rpm = 60
deadline = 30
attempts = 3
longest_wait = 0.5
longest_retry_after = 60.5
[deadlines]
step = 10
[budget]
usd = 5
tokens = 1_000_000
[budget.agent]
usd = 1.5
[budget.episode]
tokens = 5000
[budget.step]
usd = 0
[prices."openai:my-model"]
input = 2.5
output = 10
[journal]
sync = "full"
[execution]
isolate = "none"
processes = 3
"""


def test_settings_are_read_and_come_back():
    suite = suite_of(GOOD + SETTINGS)
    assert suite.limits == {
        "openai": {"rpm": 60, "deadline": 30.0, "attempts": 3, "longest_wait": 0.5, "longest_retry_after": 60.5}
    }
    assert suite.deadlines == Deadlines(step=10, episode=86400)
    assert suite.budget == Budget(Amount(5, 1_000_000), Amount(1.5), Amount(tokens=5000), Amount(0.0))
    assert suite.prices == {"openai:my-model": {"input": 2.5, "output": 10.0}}
    assert (suite.journal, suite.execution) == (Journaling("full"), Execution("none", 3))
    assert from_resolved(tomllib.loads(tomli_w.dumps(resolved(suite)))) == replace(suite, path=None)


def test_settings_have_defaults_that_are_written_out():
    suite = suite_of(GOOD)
    assert not any((suite.budget.run, suite.budget.agent, suite.budget.episode, suite.budget.step))
    written = {key: resolved(suite)[key] for key in ("limits", "prices", "deadlines", "budget", "journal", "execution")}
    assert written == {
        "limits": {},
        "prices": {},
        "deadlines": {"step": 3600.0, "episode": 86400.0},
        "budget": {},
        "journal": {"sync": "normal"},
        "execution": {"isolate": "auto"},
    }


def test_the_quickstart_is_what_the_readme_promises():
    from kibitz.harness.schedule import units

    planned = units(load_suite("quickstart"))
    ours = [unit.game for unit in planned if "embedded" in unit.agents]
    assert 60 <= len(planned) <= 90
    assert len(ours) >= 24
    assert all(ours.count(game) >= 6 for game in ("tictactoe", "connect4", "numberline"))
    assert len({unit.key for unit in planned}) == len(planned)


def test_a_suite_is_found_by_name_version_or_path(tmp_path):
    assert "quickstart" in shipped()
    assert load_suite("quickstart@1").version == "1"
    with pytest.raises(ConfigError, match="version 1 here, not 9"):
        load_suite("quickstart@9")
    with pytest.raises(ConfigError, match="did you mean 'quickstart'"):
        load_suite("quikstart")
    (tmp_path / "s.toml").write_text(GOOD)
    assert load_suite(str(tmp_path / "s.toml")).path == tmp_path / "s.toml"


@pytest.mark.parametrize(
    ("content", "said"), [(b"name = ", "is not TOML"), (b"\xff\xfe", "is not UTF-8"), (b"#" * 1_000_001, "larger")]
)
def test_a_file_that_is_no_suite_is_named(tmp_path, content, said):
    path = tmp_path / "s.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        load_suite(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path, said in ((tmp_path / "no.toml", "there is no such file"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigError, match=said):
            load_suite(path)


def test_a_file_needs_no_ending_to_be_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(GOOD)
    assert load_suite("mine").path == Path("mine")


def test_a_path_that_no_system_takes_is_refused():
    assert "is no path" in refusal(GOOD + '[agents.c]\nkind = "llm"\nprompts = "a\\u0000b"\n')


def test_prompt_folders_are_relative_to_the_suite_file(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "act.md.j2").write_text("Play.")
    text = GOOD + '[agents.c]\nkind = "llm"\nprompts = "mine"\n'
    suite = suite_of(text, tmp_path / "s.toml")
    assert suite.agents[2].options["prompts"] == str((tmp_path / "mine").resolve())


def test_the_command_line_adds_agents_keeps_games_and_sets_pairs():
    suite = with_overrides(load_suite("quickstart"), ["minimax:depth=2,name=m2"], ["connect4"], 5)
    (match,) = suite.matches
    assert match.agents[-1] == "m2"
    assert match.pairs == 5
    assert suite.agents[-1].options["depth"] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agents": ["greedy"]}, "takes part already"),
        ({"agents": ["chess"]}, "is not installed"),
        ({"agents": ["minimax:deep=1"]}, "unknown option 'deep'; did you mean 'depth'"),
        ({"agents": ["minimax:depth=x,name=q"]}, "depth = 'x' is not a whole number"),
        ({"agents": ["llm:api_key=sk-S3CRET"]}, "not shown"),
        ({"games": ["chess"]}, "does not play 'chess'"),
        ({"seeds": 0}, "must be at least 1"),
    ],
)
def test_overrides_are_checked(change, said):
    with pytest.raises(Exception, match=said) as caught:
        with_overrides(load_suite("quickstart"), **change)
    assert "S3CRET" not in str(caught.value)


def test_one_agent_alone_meets_nobody_until_another_is_added():
    alone = suite_of('name = "s"\n[agents.a]\nkind = "random"\n[[match]]\ngame = "tictactoe"\n')
    with pytest.raises(ConfigError, match="nobody meets anybody"):
        with_overrides(alone)
    assert with_overrides(alone, ["greedy"]).matches[0].agents == ("a", "greedy")


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["name", "seed", "agents", "match", "protocol", "limits", "budget", "prices", "deadlines", "x"]
        ),
        JSONISH,
    )
)
def test_any_content_is_a_suite_or_a_config_error(data):
    said = "s.toml"
    try:
        parse(data, "s.toml", None)
    except ConfigError as error:
        said = str(error)
    assert said.startswith("s.toml")
