import asyncio
import json

from kibitz.results.journal import Journal
from kibitz.results.rundata import RunData


def test_the_run_is_what_the_target_speaks_of(tmp_path):
    from report import NEW, PROMPT, REPLY, TURNS, make_run

    make_run(tmp_path / "run", 4)
    with Journal.read(tmp_path / "run") as journal:
        data = RunData.of(journal)
        assert len(data.scored) == 4
        logs = [data.log(unit) for unit in data.units]
        # A game may be over a turn or two before.
        assert all(TURNS - 3 <= len(log.steps) == len(log.calls) <= TURNS for log in logs)
        sent = [data.conversation(call.context)[-1].text for log in logs for call in log.calls]
        assert all(0.9 * PROMPT < len(text) < 1.3 * PROMPT for text in sent)
        assert len({text[-NEW // 2 :] for text in sent}) == len(sent)
        assert all(0.9 * REPLY < len(call.completion["choices"][0]["text"]) < 1.2 * REPLY for call in logs[0].calls)


def test_it_measures_the_page_that_it_builds(tmp_path, capsys, monkeypatch):
    import report

    monkeypatch.setattr(report, "opening", lambda page, rounds: (0.5, ""))
    monkeypatch.setattr("sys.argv", ["report.py", "--episodes", "6", "--keep", str(tmp_path), "--json", "-", "--check"])
    # Six episodes have six ten-thousandths of the bytes, which styles and script alone exceed.
    assert report.main() == 1
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["report/size"]["value"] == float(f"{(tmp_path / 'report.html').stat().st_size:.4g}")
    assert rows["report/size"]["pass"] is False
    assert rows["report/open"]["pass"] is True
    assert rows["report/build_cpu"]["value"] > 0


async def test_opening_is_timed_to_the_first_answer(tmp_path, browser):
    from report import make_run, opening, write_report

    make_run(tmp_path / "run", 2)
    write_report([tmp_path / "run"], tmp_path / "report.html")
    seconds, why = await asyncio.to_thread(opening, tmp_path / "report.html", 1)
    assert why == ""
    assert 0 < seconds < 60
