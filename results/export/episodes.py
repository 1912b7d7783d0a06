"""The table of episodes: one row a seat of each scheduled episode, played or not."""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.results.export.table import EPISODE, RUN, Column, Record, Table
from kibitz.results.records import EpisodeRecord, Spent, UnitRecord
from kibitz.results.rundata import RunData
from kibitz.results.sample import Played
from kibitz.results.scores import NOTHING_WON

RESULTS = {1: "won", 0: "drawn", -1: "lost"}
UNPLAYED = "unplayed"
UNSCORED = "the episode is not scored"


def rows(run: RunData, name: str) -> Iterator[Record]:
    """All seats of all scheduled episodes: nothing leaves the denominator."""
    for unit in run.units:
        episode = run.episodes.get(unit.key)
        for seat in range(len(unit.agents)):
            yield {
                "run": name,
                "episode": unit.key,
                **_scheduled(run, unit, seat),
                **_ended(episode),
                **_scored(run, unit, episode, seat),
                **_spent(episode, seat),
            }


def _scheduled(run: RunData, unit: UnitRecord, seat: int) -> Record:
    game, agent = run.info.games[unit.game], run.info.agents[unit.agents[seat]]
    low, high = game.reward_range
    return {
        "number": unit.index,
        "game": unit.game,
        "game_id": game.id,
        "game_version": game.version,
        "setting": game.setting,
        "k": unit.k,
        "task": unit.task,
        "pair": unit.pair,
        "seed": unit.seed,
        "seat": seat,
        "agent": agent.name,
        "kind": agent.kind,
        "agent_hash": agent.hash,
        "privilege": agent.privilege,
        "opponents": [other for place, other in enumerate(unit.agents) if place != seat],
        "outcome_low": low,
        "outcome_high": high,
    }


def _ended(episode: EpisodeRecord | None) -> Record:
    return {
        "status": UNPLAYED if episode is None else episode.status,
        "cause": None if episode is None or episode.status == "done" else episode.cause or "unknown",
        "fault": None if episode is None or episode.status == "done" else episode.fault,
        "message": None if episode is None or episode.status == "done" else episode.message,
        "reason": None if episode is None or episode.status != "done" else episode.reason,
        "steps": 0 if episode is None else episode.steps,
        "trajectory": (episode.trajectory or None) if episode is not None else None,
        "digest": (episode.digest or None) if episode is not None else None,
    }


def _scored(run: RunData, unit: UnitRecord, episode: EpisodeRecord | None, seat: int) -> Record:
    if episode is None or episode.status != "done":
        return dict.fromkeys(("outcome", "outcome_with_fallback", "result", "success", "forfeited", "fallbacks"))
    played = Played("", unit, episode, seat)
    # Where only answers count nothing can be won, so there is no outcome, not a bad one.
    contest = run.info.games[unit.game].payoff != NOTHING_WON
    return {
        "outcome": episode.reward[seat] if contest else None,
        "outcome_with_fallback": episode.played[seat] if contest else None,
        "result": RESULTS[played.result] if contest else None,
        "success": episode.success,
        "forfeited": played.forfeited,
        "fallbacks": episode.fallbacks[seat] if seat < len(episode.fallbacks) else 0,
    }


def _spent(episode: EpisodeRecord | None, seat: int) -> Record:
    spent, seconds, whole = Spent(), None, None
    if episode is not None:
        times = episode.measured.seat_seconds
        spent = episode.spent[seat] if seat < len(episode.spent) else spent
        seconds = times[seat] if seat < len(times) else None
        whole = episode.measured.seconds
    return {**spendings(spent), "seconds": seconds, "episode_seconds": whole}


def spendings(spent: Spent) -> Record:
    """What was spent, as the columns ``SPENT``."""
    return {
        "calls": spent.calls,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "simulated_steps": spent.simulated_steps,
        "usd": None if spent.unpriced else spent.usd,
    }


SPENT = (
    Column("calls", "integer", "calls to models"),
    Column("input_tokens", "integer", "tokens sent"),
    Column("output_tokens", "integer", "tokens received"),
    Column("simulated_steps", "integer", "steps of the game that the agent looked ahead"),
    Column("usd", "number", "US dollars", "the price of some call is unknown"),
)

EPISODES = Table(
    "episodes",
    "one seat of one scheduled episode",
    (
        RUN,
        EPISODE,
        Column("number", "integer", "place in the schedule, from 0"),
        Column("game", "text", "name of the game in the run"),
        Column("game_id", "text", "the game; several names may stand for one game with other options"),
        Column("game_version", "text", "version of its rules"),
        Column("setting", "text", "hash of game, version and options: results compare only where it is equal"),
        Column("k", "integer", "number of the task or deal: equal numbers start alike"),
        Column("task", "text", "the task", "the game makes its episodes from seeds"),
        Column("pair", "text", "shared by the episodes of a mirrored pair; the cluster of every interval"),
        Column("seed", "integer", "seed of the environment"),
        Column("seat", "integer", "seat, from 0"),
        Column("agent", "text", "name of the agent in that seat"),
        Column("kind", "text", "kind of agent, such as `llm`"),
        Column("agent_hash", "text", "hash of everything that can change the agent's decisions"),
        Column("privilege", "text", "`none`, or what a reference knows beyond a player: `sampled`, `true`, `truth`"),
        Column("opponents", "texts", "agents in the other seats, in the order of seats"),
        Column("outcome_low", "number", "lowest possible outcome"),
        Column("outcome_high", "number", "highest possible outcome"),
        Column("status", "text", "`done`, `failed` (counted, never scored) or `unplayed`"),
        Column("cause", "text", "row of the failure table", "not failed"),
        Column("fault", "text", "whose fault the failure is", "not failed"),
        Column("message", "text", "what the failure said", "not failed"),
        Column("reason", "text", "how the game ended", UNSCORED),
        Column("steps", "integer", "steps that were played"),
        Column("trajectory", "text", "hash of setting, start and actions: equal courses are one observation", UNSCORED),
        Column("digest", "text", "hash of everything deterministic in the episode", UNSCORED),
        Column("outcome", "number", "final reward, the first fallback counted as a forfeit", "unscored, or no contest"),
        Column("outcome_with_fallback", "number", "final reward as it was played on", "unscored, or no contest"),
        Column("result", "text", "`won`, `drawn` or `lost`", "unscored, or no contest"),
        Column("success", "boolean", "whether the goal was reached", "unscored, or a game without a goal"),
        Column("forfeited", "boolean", "whether a fallback cost this seat its reward", UNSCORED),
        Column("fallbacks", "integer", "decisions in which the fallback acted", UNSCORED),
        *SPENT,
        Column("seconds", "number", "time that the agent took (measured)", "not recorded"),
        Column("episode_seconds", "number", "time of the whole episode (measured)", "unplayed"),
    ),
    rows,
)
