import socket
import time

import pytest

from kibitz.agents.models.discover import KEYS, Endpoint, endpoints, find_endpoints, keys


def port(provider):
    return int(provider.url.rpartition(":")[2].removesuffix("/v1"))


async def found(provider):
    return await endpoints({}, 2.0, (("Ollama", port(provider)),))


def test_keys_are_named_and_never_shown(canary):
    listed = keys({variable: canary for variable, *_ in KEYS} | {"OTHER_API_KEY": canary})
    assert [endpoint.where for endpoint in listed] == [variable for variable, *_ in KEYS]
    assert canary not in repr(listed)


def test_an_empty_key_is_none():
    assert keys({"OPENAI_API_KEY": " "}) == []


def test_the_line_to_enter_a_model():
    (official,) = keys({"OPENAI_API_KEY": "x"})
    assert official.agent == """--agent 'llm:model="openai:NAME"'"""
    (router,) = keys({"OPENROUTER_API_KEY": "x"})
    assert router.agent.endswith(',base_url="https://openrouter.ai/api/v1",api_key_env=OPENROUTER_API_KEY\'')


async def test_a_local_server_and_its_models(provider):
    provider.json({"object": "list", "data": [{"id": "llama3.2:1b"}, {"id": "b"}]})
    line = f"""--agent 'llm:model="openai:llama3.2:1b",base_url="{provider.url}"'"""
    assert await found(provider) == [Endpoint("server", "Ollama", provider.url, line, ("llama3.2:1b", "b"))]
    assert "GET /v1/models" in provider.heads[0]


async def test_a_server_without_models(provider):
    provider.json({"object": "list", "data": []})
    assert (await found(provider))[0].agent.startswith("""--agent 'llm:model="openai:NAME",""")


@pytest.mark.parametrize("name", ["'; rm -rf ~; '", 'a"b', "\x1b[31m", "", "x" * 200, "ü", 5, None, "a b", "$(x)"])
async def test_names_that_could_mean_something_to_a_shell_are_left_out(provider, name):
    provider.json({"data": [{"id": name}]})
    assert (await found(provider))[0].models == ()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data": 3}', b"", b"[" * 99999])
async def test_other_servers_are_not_taken_for_models(provider, body):
    provider.raw(body)
    assert await found(provider) == []


async def test_a_server_that_says_no(provider):
    provider.json({"data": []}, 401)
    assert await found(provider) == []


async def test_servers_have_a_deadline_and_are_asked_at_once(provider):
    provider.hang()
    started = time.perf_counter()
    assert await endpoints({}, 0.2, (("a", port(provider)), ("b", port(provider)), ("c", port(provider)))) == []
    assert time.perf_counter() - started < 0.5


def test_nothing_listens(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(endpoints, "__defaults__", (0.3, (("a", taken.getsockname()[1]),)))
        assert find_endpoints({"OPENAI_API_KEY": "x"})[0].title == "OpenAI"
