"""A small run with everything a report shows."""

from __future__ import annotations

from typing import Any

import pytest

from kibitz.results.records import ComplaintRecord, Forfeit
from kibitz.results.rundata import RunData

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>{}</title><rect width="9" height="9"/></svg>'


def drawing(game: str, version: str, options: Any, position: Any) -> str | None:
    return SVG.format(position.get("to_move"))


@pytest.fixture
def draw() -> Any:
    return drawing


@pytest.fixture
def whole_run(builder: Any) -> Any:
    """Makes a run whose texts all hold ``text``."""

    def make(text: str = "plain") -> RunData:
        ann, ref = f"ann {text}", f"ref {text}"
        agents = [
            builder.agent(ann, kind=f"llm {text}", identity={"model": text}),
            builder.agent("bob"),
            builder.agent(ref, privilege="truth", identity={"answers": "truth"}),
        ]
        questions = {"wins": f"Which win? {text}", "count": "How many?"}
        game = builder.game(title=f"Game {text}", subproblems=questions, attribution=f"Whose? {text}")
        line = builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0), options={"note": text})
        run = builder(f"run {text}", games=[game, line], agents=agents)
        unit = run.play(
            ann,
            "bob",
            reward=(-1, 1),
            played=(1, -1),
            forfeit=Forfeit(step=1, seats=(0,)),
            fallbacks=(1, 0),
            reason=text,
        )
        complaint = ComplaintRecord(problem="illegal", reason=text)
        run.move(unit, 0, action=text, reply=text, reasoning=text, consistent=False, regret=0.5)
        run.move(unit, 0, fallback=True, complaints=(complaint,), reply=text)
        run.call(unit, prompt=f"you see {text}", reply=text)
        run.answer(unit, "wrong", raw=text, parsed=text, cell="fp", f1=0.0)
        run.answer(unit, "malformed", raw=text, note=text, sub="count", kind="integer", truth="3")
        run.answer(unit, "missing", step=1)
        run.answer(unit, "unknown", step=1, truth=None, note=text, sub="count", kind="integer")
        other = run.play("bob", ref, reward=(0, 0), game="connect4")
        run.move(other, 1, consistent=True, regret=0.0)
        run.answer(other, "right", seat=1, truth="1,1", cell="tp", f1=1.0)
        run.move(run.play(ann, reward=(0.5,), success=True, game="line", reason="arrived"), 0)
        run.play(ann, "bob", reward=(), status="failed", cause="timeout", message=text)
        run.unit(ann, "bob")
        return run.data(command=["kibitz", "run", text], versions={"kibitz": text}, config={"name": text})  # type: ignore[no-any-return]

    return make
