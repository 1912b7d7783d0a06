"""WebShop as a game: buy what an instruction asks for (Yao et al. 2022, "WebShop", NeurIPS)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import ClassVar, NamedTuple

from kibitz.games.actions import Actions, Pattern, shown
from kibitz.games.game import DataError, Effect, Game, GameSpec, Json, Observation, Outcome, PositionError
from kibitz.games.options import Option
from kibitz.games.shop import asked, engines, guessing, html, original_pages, pages, pictures, solving, splits, telling
from kibitz.games.shop.catalogue import HUMAN, PRACTICE, SYNTHETIC
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.load import GENERATED, load
from kibitz.games.shop.pages import START, Visit
from kibitz.games.shop.store import Store
from kibitz.games.shop.view import View, view
from kibitz.games.subproblem import Answer, Subproblem, Unknown

PRACTISED = "practice:"
"""What begins the names of tasks from which worked examples are made; their products are always the generated ones."""

LEVELS = ("easy", "medium", "hard")

_ONE_ACTION = r"(?![^\r\n]*\][ ;,.]*(?:search|click)\[)"
"""Names of products hold brackets, so queries may; what follows is no second action."""
_SEARCH = rf"(?P<verb>search)\[(?! *\]){_ONE_ACTION}[^\r\n]{{1,{guessing.LONGEST_QUERY}}}\]"
_ANYTHING = r"[\s\S]+"
_WRITTEN = re.compile(r"(.+)\[(.+)\]")
"""How the original reads an action: greedily, and whatever follows."""

_TRUTHS: Mapping[str, Callable[[Store, Goal, Visit], Answer | Unknown]] = {
    "best": asked.best,
    "attributes": asked.attributes,
    "price_fits": asked.price_fits,
    "to_choose": asked.to_choose,
    "reward": asked.reward,
}


class Shopping(NamedTuple):
    """What has happened in an episode.

    Attributes:
        actions: All of them.
        visit: Where it is.
        effect: Of the last action.
        reward: Of the purchase; None before it.
    """

    actions: tuple[str, ...] = ()
    visit: Visit = START
    effect: Effect = "ok"
    reward: float | None = None


class WebShop(Game):
    """One purchase an episode."""

    id: ClassVar = "webshop"
    version: ClassVar = "1"
    title: ClassVar = "WebShop"
    seats: ClassVar = 1
    payoff: ClassVar = "single"
    reward_range: ClassVar = (0.0, 1.0)
    abilities: ClassVar = frozenset({"snapshot", "heuristic", "oracle"})
    declared: ClassVar = (
        # Where the products lie changes nothing; their hash is in the spec.
        Option("catalogue", GENERATED, "generated, a saved catalogue, or files of the original WebShop", inert=True),
        Option(
            "goals", SYNTHETIC, "whose instructions: made by rules, or written by people", choices=(SYNTHETIC, HUMAN)
        ),
        Option("level", "all", "only goals of this level, where the catalogue grades them", choices=("all", *LEVELS)),
        Option("split", "all", "only goals of this split", choices=splits.SPLITS),
        Option(
            "split_by", "goal", "goal: as the original; product: no product in two splits", choices=("goal", "product")
        ),
        Option(
            "rules",
            "standard",
            "standard: strict; webshop: the original with its quirks",
            choices=("standard", "webshop"),
        ),
        Option("renderer", "text", "how pages are shown", choices=("text", "text_rich", "html")),
        Option("steps", 15, "actions after which the episode ends without a purchase", low=3, high=200),
        Option("shown", 10, "products on a page of results", low=1, high=50),
        Option("engine", "bm25", "what searches", choices=engines.ENGINES),
        Option("price_seed", 0, "seed of the prices and price bounds that the data leave open", low=0, high=2**31 - 1),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._strict = self.options["rules"] == "standard"
        self._steps = int(self.options["steps"])
        self._task = ""
        self._goal: Goal | None = None
        self._open: Store | None = None
        self._own: Store | None = None
        self._shopping = Shopping()

    @property
    def spec(self) -> GameSpec:
        """The game as data, with the hash of the catalogue, and what searches it where that is not our own."""
        store = self._store
        return replace(super().spec, data={"catalogue": store.catalogue.digest, **engines.data(self._engine)})

    @property
    def attribution(self) -> str:
        """Whom to name with the products' texts."""
        return self._store.catalogue.attribution

    @property
    def _engine(self) -> str:
        return str(self.options["engine"])

    @property
    def _store(self) -> Store:
        """The shop of the option ``catalogue``."""
        if self._own is None:
            self._own = self._store_of(str(self.options["catalogue"]))
        return self._own

    def _store_of(self, source: str) -> Store:
        digest = load(source).digest
        return _store(
            source, digest, self._engine, self._strict, int(self.options["price_seed"]), int(self.options["shown"])
        )

    @property
    def _current(self) -> tuple[Store, Goal]:
        if self._goal is None or self._open is None:
            self.reset(0)
        assert self._open is not None
        assert self._goal is not None
        return self._open, self._goal

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules."""
        shared = (
            "You are in a web shop. Buy the product that the instruction asks for. An action is one of: search[words], "
            "on any page, lists products whose texts hold the words; click[label] clicks what the page offers: a "
            "product in the results by its id, next > and < prev, back to search, a value of an option to choose it, "
            "description, features and reviews to read more, buy now. Buying ends the episode. "
        )
        score = (
            "You score up to 1: the share of what is required that your purchase meets (each attribute, each option, a "
            "price within the bound), times a factor for the right kind of product. Without a purchase you score 0. "
        )
        limit = f"There are {self._steps} actions in all, the purchase included."
        if self._strict:
            return shared + score + limit
        return shared + score + limit + " What cannot be clicked changes nothing, and pages do not show what is chosen."

    def tasks(self) -> Sequence[str]:
        """The numbers of the goals, in their order in the catalogue."""
        store, options = self._store, self.options
        return _tasks(
            store, str(options["goals"]), str(options["level"]), str(options["split"]), str(options["split_by"])
        )

    def practice(self) -> Sequence[str]:
        """Generated goals about generated products, that are in no split."""
        count = len(self._store_of(GENERATED).catalogue.goals.get(PRACTICE, ()))
        return [f"{PRACTISED}{number}" for number in range(count)]

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start with the goal whose number is ``task``; without one with the ``seed``-th of the tasks, counted round.

        Raises:
            DataError: There is no such goal, or the catalogue cannot be read.
        """
        if task is None:
            tasks = self.tasks()
            task = tasks[seed % len(tasks)]
        practised = task.startswith(PRACTISED)
        store = self._store_of(GENERATED) if practised else self._store
        goals = store.goals(PRACTICE if practised else str(self.options["goals"]))
        number = task.removeprefix(PRACTISED)
        if not re.fullmatch(r"[0-9]{1,9}", number) or int(number) >= len(goals):
            raise DataError(
                f"catalogue {store.catalogue.name!r}: there is no goal {shown(task)}; goals are 0 to {len(goals) - 1}"
            )
        self._task, self._goal, self._open = task, goals[int(number)], store
        self._shopping = Shopping()

    def movers(self) -> tuple[int, ...]:
        """The one seat, until it has bought something or has no action left."""
        shopping = self._shopping
        return () if shopping.reward is not None or len(shopping.actions) >= self._steps else (0,)

    @property
    def view(self) -> View:
        """The page that is shown now."""
        store, goal = self._current
        shopping = self._shopping
        left = self._steps - len(shopping.actions)
        return view(store, goal, shopping.visit, left=left, reward=shopping.reward)

    def observe(self, seat: int) -> Observation:
        """The page."""
        now = self.view
        renderer = self.options["renderer"]
        if renderer == "html":
            text = html.page(now)
        elif renderer == "text_rich":
            text = original_pages.text_rich(original_pages.pieces(now))
        else:
            text = telling.text(now) if self._strict else original_pages.text(original_pages.pieces(now))
        return Observation(text, self._legal() if self.movers() else None, self._shopping.effect)

    def _legal(self) -> Actions:
        store, goal = self._current
        clicks = store.clicks(self._shopping.visit).listed
        if self._strict:
            return Actions(clicks, (_searches(store.instruction(goal)),))
        samples = (*_searches(store.instruction(goal)).samples, *clicks)
        return Actions(open=(Pattern(_ANYTHING, "search[words] or click[label]", samples, verbatim=True),))

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Search or click; only buying can be worth something."""
        if tuple(actions) != self.movers():
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        action = actions[0]
        if self._legal().read(action) != action:
            raise ValueError(f"{shown(str(action))} is not a legal action here")
        store, goal = self._current
        shopping = self._shopping
        visit = self._led_to(store, action)
        effect: Effect = "no_effect" if visit == shopping.visit else "ok"
        bought = visit.page == "done"
        reward = store.score(goal, visit.product, visit.chosen).reward if bought else None
        self._shopping = Shopping((*shopping.actions, action), visit, effect, reward)
        return {0: reward or 0.0}

    def _led_to(self, store: Store, action: str) -> Visit:
        """Where an action leads; where it is now if it is none, which only the original's rules allow."""
        visit = self._shopping.visit
        clicks = store.clicks(visit)
        if self._strict:
            step = clicks.actions.get(action)
            query = action[len("search[") : -1].strip()
            return pages.searched(visit, query, store.search(query)) if step is None else pages.taken(visit, step)
        written = _WRITTEN.match(action)
        verb, argument = (written[1], written[2].lower()) if written is not None else (action, "")
        if verb == "search" and argument:
            return pages.searched(visit, argument, store.search(argument))
        step = clicks.labels.get(argument) if verb == "click" else None
        return visit if step is None else pages.taken(visit, step)

    def outcome(self) -> Outcome | None:
        """The reward of the purchase; success is a reward of 1."""
        if self.movers():
            return None
        reward = self._shopping.reward
        if reward is None:
            return Outcome((0.0,), success=False, reason="no purchase within the limit of actions")
        return Outcome((reward,), success=reward == 1.0, reason="bought what was asked" if reward == 1.0 else "bought")

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked on the page."""
        if seat not in self.movers():
            return ()
        return asked.questions(*self._current, self._shopping.visit)

    def catalogue(self) -> tuple[Subproblem, ...]:
        """All questions; no page asks all."""
        return asked.everything(strict=self._strict)

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer.

        Raises:
            KeyError: There is no such subproblem now.
        """
        if all(problem.id != id for problem in self.subproblems(seat)):
            raise KeyError(id)
        store, goal = self._current
        if id != "query_words":
            return _TRUTHS[id](store, goal, self._shopping.visit)
        if action is None or not (written := _WRITTEN.match(action)) or written[1] != "search":
            return Unknown("the action is no search")
        return len(asked.words(written[2]) & asked.words(store.instruction(goal)))

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who says that buying now gives the full score commits to buying."""
        value = answers.get("reward")
        certain = type(value) is float and value >= 1.0 and self._shopping.visit.page == "item" and self._strict
        return frozenset({f"click[{pages.BUY}]"}) if certain else None

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """The number of the goal and all actions so far: everything else follows."""
        self._current  # noqa: B018  # an episode that has not been started starts here
        return {"goal": self._task, "actions": list(self._shopping.actions)}

    def at(self, position: Json) -> None:
        """Put the goal and play the actions.

        Raises:
            PositionError: The goal is not in the catalogue, or an action cannot be played.
        """
        if not isinstance(position, dict) or not {"goal"} <= set(position) <= {"goal", "actions"}:
            raise PositionError('a position is {"goal": number, "actions": [...]}')
        goal, actions = position["goal"], position.get("actions", [])
        if not isinstance(goal, str) or not isinstance(actions, list):
            raise PositionError("goal is a text and actions is a list")
        before = self.snapshot()
        try:
            self.reset(0, goal)
            for action in actions:
                if not isinstance(action, str):
                    raise PositionError(f"the action {shown(repr(action))} is no text")
                self.step({0: action})
        except (DataError, ValueError) as error:
            self.restore(before)
            raise PositionError(str(error)) from error

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The page."""
        other = WebShop(**self.options)
        other.at(position)
        return pictures.draw_page(other.view, other._shopping.actions)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The goal and what has happened; the shop is shared."""
        return (self._task, self._goal, self._open, self._shopping)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._task, self._goal, self._open, self._shopping = token

    def heuristic(self, seat: int, rng: Random) -> str:
        """The rule baseline of the original: search the whole instruction, and buy the first product as it is."""
        store, goal = self._current
        rows = store.clicks(self._shopping.visit).rows
        first = next((action for _, action, step in rows if step.kind == "open"), None)
        return guessing.baseline(store.instruction(goal), self._shopping.visit, first)

    def oracle(self, seat: int) -> str:
        """Find the product of which the goal was made, choose what is asked for, and buy it."""
        store, goal = self._current
        return solving.next_action(store, goal, self._shopping.visit)


@lru_cache(maxsize=8)
def _store(source: str, digest: str, engine: str, strict: bool, seed: int, size: int) -> Store:
    """A shop, opened once in a process; the digest is there so that a catalogue that has changed is opened again."""
    catalogue = load(source)
    return Store(catalogue, engines.engine(engine, catalogue), seed=seed, strict=strict, size=size)


@lru_cache(maxsize=32)
def _tasks(store: Store, kind: str, level: str, split: str, by: str) -> splits.Numbers:
    goals = store.goals(kind)
    numbers: Sequence[int] = splits.by_goal(split, len(goals)) if by == "goal" else splits.by_product(split, goals)
    if level != "all":
        numbers = [number for number in numbers if goals[number].level == level]
    if not numbers:
        raise DataError(
            f"catalogue {store.catalogue.name!r}: none of its {len(goals)} {kind} goals is of the level {level} in the "
            f'split {split}; use level = "all" or split = "all"'
        )
    return splits.Numbers(numbers)


@lru_cache(maxsize=4096)
def _searches(instruction: str) -> Pattern:
    samples = tuple(f"search[{query}]" for query in guessing.queries(instruction))
    return Pattern(_SEARCH, "search[words]", samples, verbatim=True)
