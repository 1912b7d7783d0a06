"""HotPotQA as a game: answer a question by searching paragraphs, looking words up, and finishing with an answer.

The questions and their scoring are those of Yang et al. 2018 (EMNLP); the actions are those of ReAct (Yao et al. 2023),
over a store of paragraphs in place of a live encyclopedia.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import ClassVar, NamedTuple

from kibitz.games.actions import Actions, Pattern, shown
from kibitz.games.game import DataError, Effect, Game, GameSpec, Json, Observation, Outcome, PositionError
from kibitz.games.options import Option
from kibitz.games.qa import asked, guessing
from kibitz.games.qa.docstore import Docstore
from kibitz.games.qa.load import GENERATED, PRACTICE, load
from kibitz.games.qa.pictures import draw_page
from kibitz.games.qa.question import LEVELS, Paragraph, Question, QuestionSet
from kibitz.games.qa.scoring import exact_match, f1
from kibitz.games.subproblem import Answer, Subproblem, Unknown

SHOWN = 5
"""Sentences of a paragraph that a search shows; the others are found by looking up."""

_ARGUMENT = r"\[[^\[\]\n]{1,300}\]"
_VERBS = ("search", "lookup", "finish")
_HINTS = {
    "search": "search[title]",
    "lookup": "lookup[words]",
    "finish": "finish[answer]",
}
_MOST_SAMPLES = 12


class Search(NamedTuple):
    """What has happened in an episode.

    Attributes:
        actions: All of them.
        page: The paragraph in view, the last one that was found.
        told: What came of the last action.
        named: Titles that were found or suggested, in order.
        looked: The words last looked up in this page, and how often.
        answer: The final answer; None until it is given.
    """

    actions: tuple[str, ...] = ()
    page: Paragraph | None = None
    told: str = ""
    named: tuple[str, ...] = ()
    looked: tuple[str, int] = ("", 0)
    effect: Effect = "ok"
    answer: str | None = None


class HotPotQA(Game):
    """One question an episode."""

    id: ClassVar = "hotpotqa"
    version: ClassVar = "1"
    title: ClassVar = "HotPotQA"
    seats: ClassVar = 1
    payoff: ClassVar = "single"
    reward_range: ClassVar = (0.0, 1.0)
    abilities: ClassVar = frozenset({"snapshot", "heuristic", "oracle"})
    declared: ClassVar = (
        # Where the questions lie changes nothing; their hash is in the spec.
        Option(
            "questions",
            GENERATED,
            "generated, a file or folder in HotPotQA's format, or hub: for the hub's data set",
            inert=True,
        ),
        Option(
            "docstore",
            "closed",
            "closed: a question's own paragraphs; pooled: those of all questions",
            choices=("closed", "pooled"),
        ),
        Option("level", "all", "only questions of this level", choices=("all", *LEVELS)),
        Option("steps", 8, "actions after which the episode ends without an answer", low=3, high=100),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._steps = int(self.options["steps"])
        self._search = Search()
        self._current: Question | None = None

    @property
    def spec(self) -> GameSpec:
        """The game as data, with the hash of its questions."""
        return replace(super().spec, data={"questions": self._set.digest})

    @property
    def attribution(self) -> str:
        """Whom to name with the questions' text."""
        return self._set.attribution

    @property
    def _set(self) -> QuestionSet:
        return load(str(self.options["questions"]))

    @property
    def _question(self) -> Question:
        if self._current is None:
            self.reset(0)
        assert self._current is not None
        return self._current

    @property
    def _store(self) -> Docstore:
        return _pooled(self._set) if self.options["docstore"] == "pooled" else _closed(self._question)

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules."""
        return (
            "Answer a question. The answer rests on two paragraphs, which you find by searching. An action is one of: "
            f"search[title] shows the first {SHOWN} sentences of the paragraph with that title, or names the nearest "
            "titles if there is none; lookup[words] shows the next sentence of the paragraph in view that holds these "
            "words; "
            "finish[answer] ends the episode. Give the answer alone, as briefly as it can be put: a name, a date, a "
            f"number, yes or no. There are {self._steps} actions in all, finish included; without it the question "
            "counts as not answered. You score 1 if the answer is the right one, whatever its capitals, punctuation "
            "and articles, and 0 if not."
        )

    def tasks(self) -> Sequence[str]:
        """The ids of the questions, in the order of the data."""
        return _ids(self._set, str(self.options["level"]))

    def practice(self) -> Sequence[str]:
        """Generated questions that are in no set."""
        return tuple(load(PRACTICE).questions)

    def reset(self, seed: int, task: str | None = None) -> None:
        """Put the question whose id is ``task``; without a task the ``seed``-th one, counted round.

        Raises:
            DataError: There is no such question, or the questions cannot be read.
        """
        if task is None:
            ids = self.tasks()
            task = ids[seed % len(ids)]
        self._current = _found(load(PRACTICE) if task.startswith(PRACTICE) else self._set, task)
        self._search = Search()

    def movers(self) -> tuple[int, ...]:
        """The one seat, until it has answered or has no action left."""
        search = self._search
        return () if search.answer is not None or len(search.actions) >= self._steps else (0,)

    def observe(self, seat: int) -> Observation:
        """The question, what the last action brought, and the titles named so far."""
        search = self._search
        lines = [f"Question: {self._question.text}"]
        if search.actions:
            lines += [f"Last action: {search.actions[-1]}", search.told]
        if search.page is not None:
            lines.append(f"Paragraph in view: {search.page.title}")
        if search.named:
            lines.append(f"Titles named so far: {'; '.join(search.named)}")
        lines.append(f"Actions left: {self._steps - len(search.actions)}")
        return Observation("\n".join(lines), self._legal() if self.movers() else None, search.effect)

    def _legal(self) -> Actions:
        return _actions(self._question.text, self._search.named)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Search, look up or finish; only finishing can be worth something."""
        if tuple(actions) != self.movers():
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        action = actions[0]
        if self._legal().read(action) != action:
            raise ValueError(f"{shown(str(action))} is not a legal action here")
        verb, _, rest = action.partition("[")
        self._search = {"search": self._found, "lookup": self._looked, "finish": self._finished}[verb](
            rest[:-1], action
        )
        return {0: self._reward()}

    def _found(self, title: str, action: str) -> Search:
        search, page = self._search, self._store.find(title)
        done = (*search.actions, action)
        if page is not None:
            named = tuple(dict.fromkeys((*search.named, page.title)))
            return Search(done, page, _opening(page), named)
        similar = self._store.similar(title)
        told = f"There is no paragraph {shown(title)}. Similar titles: {'; '.join(similar)}."
        named = tuple(dict.fromkeys((*search.named, *similar)))
        return search._replace(actions=done, told=told, named=named, effect="ok")

    def _looked(self, words: str, action: str) -> Search:
        search = self._search
        done = (*search.actions, action)
        if search.page is None:
            return search._replace(actions=done, told="No paragraph is in view; search for one.", effect="no_effect")
        place = search.looked[1] if search.looked[0] == words.casefold() else 0
        holding = [sentence.strip() for sentence in search.page.sentences if words.casefold() in sentence.casefold()]
        if place >= len(holding):
            told = "No more sentences hold these words." if place else "No sentence holds these words."
            return search._replace(actions=done, told=told, looked=(words.casefold(), place), effect="no_effect")
        told = f"({place + 1} of {len(holding)}) {holding[place]}"
        return search._replace(actions=done, told=told, looked=(words.casefold(), place + 1), effect="ok")

    def _finished(self, answer: str, action: str) -> Search:
        search = self._search
        return search._replace(actions=(*search.actions, action), told="", answer=answer.strip(), effect="ok")

    def _reward(self) -> float:
        answer = self._search.answer
        return float(answer is not None and exact_match(answer, self._question.answer))

    def outcome(self) -> Outcome | None:
        """1 for the right answer, else 0; ``raw`` is the F1 of the answer."""
        if self.movers():
            return None
        answer, reward = self._search.answer, self._reward()
        if answer is None:
            return Outcome((0.0,), success=False, reason="no answer within the limit of actions", raw=(0.0,))
        reason = "right answer" if reward else "wrong answer"
        return Outcome((reward,), success=bool(reward), reason=reason, raw=(f1(answer, self._question.answer),))

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked: of the titles once some are named, and of the paragraph while it is shown."""
        search = self._search
        if seat not in self.movers() or not search.named:
            return ()
        # After a lookup, or a search that found nothing, who keeps no history cannot read the paragraph any more.
        readable = search.page is not None and search.told == _opening(search.page)
        return asked.questions(search.named, in_view=readable)

    def catalogue(self) -> tuple[Subproblem, ...]:
        """All questions; at the start, when nothing was found yet, none of them is asked."""
        return asked.questions((), in_view=True)

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer.

        Raises:
            KeyError: There is no such subproblem now.
        """
        if all(problem.id != id for problem in self.subproblems(seat)):
            raise KeyError(id)
        search = self._search
        if id == "supporting":
            return asked.supporting(self._question, search.named)
        if id == "bridge":
            return asked.bridge(self._question, search.named)
        assert search.page is not None
        return asked.answered(self._question, search.page.text)

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """The id of the question and all actions so far: everything else follows."""
        return {"question": self._question.id, "actions": list(self._search.actions)}

    def at(self, position: Json) -> None:
        """Put the question and play the actions.

        Raises:
            PositionError: The question is not in the data, or an action cannot be played.
        """
        if not isinstance(position, dict) or not {"question"} <= set(position) <= {"question", "actions"}:
            raise PositionError('a position is {"question": id, "actions": [...]}')
        question, actions = position["question"], position.get("actions", [])
        if not isinstance(question, str) or not isinstance(actions, list):
            raise PositionError("question is a text and actions is a list")
        try:
            self.reset(0, question)
            for action in actions:
                self.step({0: action})
        except (DataError, ValueError) as error:
            raise PositionError(str(error)) from error

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The question, the way of the search, and the paragraph in view."""
        other = HotPotQA(**self.options)
        other.at(position)
        search = other._search
        return draw_page(other._question.text, search.actions, search.page, search.told)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The question and the search; the paragraphs follow from the options."""
        return (self._current, self._search)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._current, self._search = token

    def heuristic(self, seat: int, rng: Random) -> str:
        """Open what the question names, then what these pages name, and answer with what the last page is about."""
        search = self._search
        left = self._steps - len(search.actions)
        return guessing.choose(self._question.text, search.actions, search.named, search.page, left)

    def oracle(self, seat: int) -> str:
        """Open the supporting paragraphs, then give the answer."""
        opened = set(self._search.actions)
        ways = [f"search[{title}]" for title in self._question.supporting]
        left = self._steps - len(opened)
        unread = next((way for way in ways if way not in opened and self._legal().read(way) == way), None)
        return unread if unread is not None and left > 1 else f"finish[{_one_line(self._question.answer)}]"


def _one_line(answer: str) -> str:
    """An answer as an action can state it: brackets, which are punctuation, are no part of it."""
    return " ".join(answer.translate({ord("["): None, ord("]"): None}).split())


@lru_cache(maxsize=4)
def _pooled(questions: QuestionSet) -> Docstore:
    return Docstore(paragraph for one in questions.questions.values() for paragraph in one.paragraphs)


@lru_cache(maxsize=256)
def _closed(question: Question) -> Docstore:
    return Docstore(question.paragraphs)


@lru_cache(maxsize=8)
def _ids(questions: QuestionSet, level: str) -> tuple[str, ...]:
    found = tuple(one.id for one in questions.questions.values() if level in ("all", one.level))
    if not found:
        raise DataError(f'questions {questions.name!r}: none is of the level {level}; use level = "all"')
    return found


def _found(questions: QuestionSet, task: str) -> Question:
    one = questions.questions.get(task)
    if one is None:
        example = next(iter(questions.questions))
        raise DataError(
            f"questions {questions.name!r}: there is no question {shown(task)}; ids are such as {example!r}"
        )
    return one


@lru_cache(maxsize=1024)
def _actions(question: str, named: tuple[str, ...]) -> Actions:
    titles = tuple(title for title in named if "[" not in title and "]" not in title)[-_MOST_SAMPLES:]
    words = guessing.words(question)
    samples = {
        "search": (*guessing.names(question), *titles) or words,
        "lookup": words,
        "finish": ("yes", "no", *titles),
    }
    return Actions(
        open=tuple(
            Pattern(
                rf"(?P<verb>{verb}){_ARGUMENT}",
                _HINTS[verb],
                tuple(dict.fromkeys(f"{verb}[{one}]" for one in samples[verb])),
                verbatim=True,
            )
            for verb in _VERBS
        )
    )


def _opening(paragraph: Paragraph) -> str:
    """What a search shows of a paragraph."""
    return " ".join(sentence.strip() for sentence in paragraph.sentences[:SHOWN])
