"""The shop as web pages: the same episodes as in the text game, whoever asks, and nothing that could do harm."""

import asyncio
from html.parser import HTMLParser
from random import Random

import aiohttp
import pytest

from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product
from kibitz.games.shop.saved import save
from kibitz.games.shop.shop import WebShop
from kibitz.games.shop.site import HEADERS, Site, SiteError, document

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"


class Page(HTMLParser):
    """What a page offers: forms with their addresses, and the actions of the buttons in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.actions: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append(tag)
        if tag == "form":
            self.addresses.append(named["action"])
        if tag == "button" and "value" in named:
            self.actions.append(named["value"])


class Visitor:
    """Reads pages and sends their forms, as a browser does."""

    def __init__(self, session, url):
        self.session, self.url, self.text = session, url, ""

    async def read(self):
        async with self.session.get(self.url) as answer:
            assert answer.status == 200
            self.url, self.text = answer.url, await answer.text()
        return Page(self.text)

    async def act(self, action, address=None):
        query = action[len("search[") : -1] if action.startswith("search[") else None
        data = {"query": query} if query is not None else {"action": action}
        to = self.url.join(aiohttp.client.URL(address or Page(self.text).addresses[0]))
        async with self.session.post(to, data=data) as answer:
            assert answer.status == 200
            self.url, self.text = answer.url, await answer.text()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.mark.parametrize(("rules", "seed"), [("standard", 0), ("standard", 1), ("webshop", 2)])
async def test_an_episode_is_the_same_in_text_and_on_pages(session, rules, seed):
    """One walk through both: the same state after each action, and the same reward."""
    rng, text = Random(seed), WebShop(rules=rules)
    text.reset(seed)
    async with Site(rules=rules) as site:
        episode = site.open(seed=seed)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        await visitor.read()
        while text.movers():
            samples = [one for one in Page(visitor.text).actions if one != "click[buy now]"]
            action = rng.choice(samples) if samples and rng.random() < 0.7 else text.heuristic(0, rng)
            await visitor.act(action)
            text.step({0: action})
            assert episode.game.position() == text.position()
            assert episode.game.observe(0) == text.observe(0)
            legal = text.observe(0).actions
            if rules == "standard" and legal is not None:
                assert set(Page(visitor.text).actions) == set(legal.listed)
        assert site.result(episode.token) == text.outcome()
        assert await site.ended(episode.token) == text.outcome()


async def test_the_oracle_s_way_is_worth_the_same(session):
    game = WebShop()
    async with Site() as site:
        for k in range(3):
            game.reset(k)
            episode = site.open(game.tasks()[k])
            visitor = Visitor(session, aiohttp.client.URL(episode.url))
            await visitor.read()
            assert site.result(episode.token) is None
            while game.movers():
                action = game.oracle(0)
                game.step({0: action})
                await visitor.act(action)
            assert site.result(episode.token) == game.outcome()
            assert 'id="reward">Your score (0 to 1): 1<' in visitor.text


async def test_episodes_know_nothing_of_each_other(session):
    async with Site() as site:
        one, other = site.open(seed=0), site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(one.url))
        await visitor.read()
        await visitor.act("search[lamp]")
        assert (one.steps, other.steps) == (1, 0)
        assert one.token not in other.url
        assert len(one.token) >= 22


async def test_an_old_page_cannot_act(session):
    async with Site() as site:
        episode = site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        old = (await visitor.read()).addresses[0]
        await visitor.act("search[lamp]")
        await visitor.act("search[table]", address=old)
        assert episode.game.position()["actions"] == ["search[lamp]"]
        assert visitor.url.path.endswith("/1")


@pytest.mark.parametrize("action", ["click[nothing]", "search[]", f"search[{'x' * 10_000}]", "", "search[a\nb]"])
async def test_what_cannot_be_done_is_told_and_costs_nothing(session, action):
    async with Site() as site:
        episode = site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        await visitor.read()
        await visitor.act(action)
        assert episode.steps == 0
        assert 'role="status"' in visitor.text
        assert 'role="status"' not in (await visitor.read(), visitor.text)[1]


@pytest.mark.parametrize("query", ["lampe для дома 灯", "(.*)[a-z]+$", "%00 \\", "a]b", "<b>&"])
async def test_any_query_is_searched_as_it_is(session, query):
    async with Site() as site:
        episode = site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        await visitor.read()
        await visitor.act(f"search[{query}]")
        assert episode.game.position()["actions"] == [f"search[{query}]"]


async def test_the_end_without_a_purchase_is_told(session):
    async with Site(steps=3) as site:
        episode = site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        await visitor.read()
        for _ in range(3):
            await visitor.act("search[lamp]")
        assert "The episode has ended" in visitor.text
        assert Page(visitor.text).addresses == []
        assert site.result(episode.token).reward == (0.0,)


async def test_a_form_that_is_too_large_is_refused(session):
    async with Site() as site:
        episode = site.open(seed=0)
        async with session.post(episode.url, data={"query": "x" * 200_000}) as answer:
            assert answer.status == 413
        assert episode.steps == 0


async def test_hostile_texts_of_products_stay_texts(session, tmp_path):
    product = Product(
        asin="K000000001",
        name=f"lamp {HOSTILE}",
        query="lamps",
        description=HOSTILE,
        bullets=(HOSTILE,),
        pricing=(5.0,),
        options=((f"size {HOSTILE}", (f"big {HOSTILE}", "small")),),
        attributes=("bright",),
        nouns=("lamp",),
    )
    goal = Goal(0, product.asin, f"Find me a bright lamp {HOSTILE}", ("bright",), ((f"size {HOSTILE}", "small"),))
    save(tmp_path / "shop", [product], {"synthetic": [goal]}, name="hostile", tagger="none")
    async with Site(catalogue=str(tmp_path / "shop")) as site:
        episode = site.open(seed=0)
        visitor = Visitor(session, aiohttp.client.URL(episode.url))
        await visitor.read()
        for action in (f"search[lamp {HOSTILE}]", "click[k000000001]", "click[description]", "click[< prev]"):
            await visitor.act(action)
            assert not {"script", "img"} & set(Page(visitor.text).tags)
        big = next(one for one in Page(visitor.text).actions if one.startswith("click[big"))
        await visitor.act(big)
        assert episode.game.position()["actions"][-1] == big
        await visitor.act("click[buy now]")
        assert not {"script", "img"} & set(Page(visitor.text).tags)
        assert site.result(episode.token) is not None


async def test_every_answer_has_the_strict_headers(session):
    async with Site() as site:
        episode = site.open(seed=0)
        base = episode.url.rpartition("/")[0].rpartition("/")[0]
        for path, status in (("/style.css", 200), ("/nobody/0", 404), ("/", 404), ("/x" * 500, 404)):
            async with session.get(base + path) as answer:
                assert answer.status == status
                assert all(answer.headers[name] == value for name, value in HEADERS.items())
        async with session.post(episode.url, data={"query": "x"}, allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
async def test_other_sites_are_turned_away(session, headers):
    async with Site() as site:
        episode = site.open(seed=0)
        async with session.post(episode.url, data={"query": "x"}, headers=headers) as answer:
            assert answer.status == 403
        assert episode.steps == 0


async def test_what_is_closed_is_gone(session):
    async with Site() as site:
        episode = site.open(seed=0)
        site.close(episode.token)
        async with session.get(episode.url) as answer:
            assert answer.status == 404
        with pytest.raises(SiteError, match="there is no such episode"):
            site.result(episode.token)
    with pytest.raises(SiteError, match="the site does not run"):
        site.open(seed=0)


async def test_a_full_site_says_so(monkeypatch):
    monkeypatch.setattr("kibitz.games.shop.site.MOST_EPISODES", 1)
    async with Site() as site:
        site.open(seed=0)
        with pytest.raises(SiteError, match="close those that have ended"):
            site.open(seed=0)


def test_a_title_is_plain_text():
    assert "<title>&lt;b&gt; - WebShop</title>" in document("<b>", "")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"query=\xff\xfe", 400),
        ("application/x-www-form-urlencoded; charset=nonsense", b"query=red", 400),
        ("multipart/form-data; boundary=x", b"query=red", 415),
        ("application/json", b"{}", 415),
    ],
)
async def test_a_broken_form_is_refused_and_changes_nothing(session, kind, body, status):
    async with Site() as site:
        episode = site.open()
        async with session.post(episode.url, data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == status
            assert set(HEADERS) <= set(answer.headers)
        assert episode.steps == 0


async def test_who_waits_for_the_end_of_an_episode_is_told_that_it_was_closed():
    async with Site() as site:
        closed, left = site.open(), site.open()
        waiting = [asyncio.ensure_future(site.ended(one.token)) for one in (closed, left)]
        await asyncio.sleep(0)
        site.close(closed.token)
        with pytest.raises(SiteError, match="closed before it had ended"):
            await asyncio.wait_for(waiting[0], 10)
    with pytest.raises(SiteError, match="closed before it had ended"):
        await asyncio.wait_for(waiting[1], 10)


async def test_a_port_that_is_taken_is_told():
    async with Site() as site:
        port = int(site.open().url.split(":")[2].split("/")[0])
        with pytest.raises(SiteError, match=f"port {port} cannot be had"):
            async with Site(port=port):
                pass
