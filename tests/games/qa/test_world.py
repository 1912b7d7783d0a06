from collections import Counter

from kibitz.games.qa import world
from kibitz.games.qa.load import load
from kibitz.games.qa.question import LEVELS
from kibitz.games.qa.scoring import CLOSED, contains

SET = load("generated")
QUESTIONS = tuple(SET.questions.values())


def test_the_questions_are_always_the_same():
    assert SET.digest == "bb3f3e1d1f5087bd9025d3ea544e1e62c847586b6b9e104aca13e69651c9895c"
    assert [one.text for one in world.questions()] == [one.text for one in QUESTIONS]


def test_as_many_of_each_level():
    assert Counter(one.level for one in QUESTIONS) == dict.fromkeys(LEVELS, 100)


def test_both_kinds_and_both_answers_occur():
    kinds = Counter(one.kind for one in QUESTIONS)
    assert 0.1 < kinds["comparison"] / len(QUESTIONS) < 0.3
    closed = Counter(one.answer for one in QUESTIONS if one.answer in CLOSED)
    assert min(closed["yes"], closed["no"]) >= 5


def test_each_question_has_ten_paragraphs_and_rests_on_two_of_them():
    for one in QUESTIONS:
        titles = [paragraph.title for paragraph in one.paragraphs]
        assert len(titles) == len(set(titles)) == world.PARAGRAPHS
        assert len(set(one.supporting)) == 2
        assert set(one.supporting) <= set(titles)


def test_the_answer_stands_where_it_should():
    """In the linking entity's paragraph, and not in that from which it starts."""
    for one in QUESTIONS:
        texts = {paragraph.title: paragraph.text for paragraph in one.paragraphs}
        if one.kind == "bridge":
            start, link = one.supporting
            assert link == one.link
            assert contains(texts[link], one.answer), one
            assert contains(texts[start], link), one
            assert not contains(one.text, link), one
        elif one.answer not in CLOSED:
            assert one.answer in one.supporting


def test_hard_questions_do_not_name_what_they_start_from():
    for one in QUESTIONS:
        if one.kind == "bridge":
            assert contains(one.text, one.supporting[0]) is (one.level != "hard"), one


def test_distractors_look_alike_on_higher_levels():
    def alike(level: str) -> float:
        """Share of distractors whose titles share a word with a needed one."""
        shared = []
        for one in QUESTIONS:
            words = {word for title in one.supporting for word in title.split()} - {"The"}
            others = [p.title for p in one.paragraphs if p.title not in one.supporting]
            shared += [bool(words & set(title.split())) for title in others if one.level == level]
        return sum(shared) / len(shared)

    assert alike("hard") > 2 * alike("easy")
