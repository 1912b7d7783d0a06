"""How an answer is compared with the true one: exact match and F1, as the official HotPotQA script computes them.

Yang et al. 2018, "HotpotQA", section 5.1; the normalisation is that of SQuAD (Rajpurkar et al. 2016).
"""

from __future__ import annotations

import re
import string
from collections import Counter

CLOSED = frozenset({"yes", "no", "noanswer"})
"""Answers that are right or wrong as a whole."""

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(answer: str) -> str:
    """The answer in lower case without punctuation (ASCII), without the words a, an and the, blanks squeezed."""
    plain = answer.lower().translate(_PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())


def exact_match(answer: str, truth: str) -> bool:
    """Whether both are the same after normalisation."""
    return normalised(answer) == normalised(truth)


def f1(answer: str, truth: str) -> float:
    """F1 of the two bags of words, in 0..1; 0 where one side is yes, no or noanswer and the other is not the same."""
    given, true = normalised(answer), normalised(truth)
    if given != true and (given in CLOSED or true in CLOSED):
        return 0.0
    words, wanted = given.split(), true.split()
    common = sum((Counter(words) & Counter(wanted)).values())
    # As in the official script, two answers without a word have nothing in common.
    return 2 * common / (len(words) + len(wanted)) if common else 0.0


def contains(paragraph: str, answer: str) -> bool:
    """Whether the words of the answer stand in the paragraph one after the other, both normalised."""
    wanted = normalised(answer)
    return bool(wanted) and f" {wanted} " in f" {normalised(paragraph)} "
