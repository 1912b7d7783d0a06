// The data of the page: one line an episode, and the replays in their packed blocks.
const index = JSON.parse(byId("index").textContent);
const severalRuns = new Set(index.rows.map((row) => row[1])).size > 1;
const lines = index.rows.map((row, number) => {
  const [place, run, key, game, agents, results, result, cause, counts, usd, seconds, opens] = row;
  const [steps, illegal, inconsistent, right, asked, tokens] = counts;
  const text = (n) => index.texts[n];
  return {
    number, place, run: text(run), key, game: text(game), agents: agents.map(text), results: results.map(text), result: text(result),
    cause: text(cause), steps, illegal, inconsistent, right, asked, tokens, usd, seconds, opens: Boolean(opens), flipped: false,
  };
});

/** The line that an address names: the number in its run's schedule, and the run where there are several. */
function lineAt(want) {
  const place = Number(want.get("episode"));
  return lines.find((line) => line.place === place && (!severalRuns || line.run === want.get("run")));
}

/** How an address names a line. */
const addressOf = (line) => ({ run: severalRuns ? line.run : null, episode: String(line.place) });

/** An episode, unpacked: { line, replay, text, picture, questions }. */
async function load(number) {
  let block = index.blocks.length - 1;
  while (index.blocks[block][0] > number) block--;
  const [start, slice] = index.blocks[block];
  const [data, shared] = await Promise.all([unpack(`block-${block}`), unpack(`shared-${slice}`)]);
  const replay = data.episodes[number - start];
  const line = lines[number];
  const text = (n) => (n === undefined ? "" : n < 0 ? data.strings[-n - 1] : shared.strings[n]);
  let before = [];
  const follow = (call) => {
    before = [...before.slice(0, call.kept || 0), ...(call.sent || [])];
    call.messages = before.map((n) => data.messages[n]);
  };
  for (const step of replay.steps || []) for (const move of step.seats) (move.calls || []).forEach(follow);
  for (const [, , call] of replay.loose || []) follow(call);
  return {
    line, replay, text, steps: replay.steps || [], questions: index.questions[line.game] || {},
    picture: (n) => (n === undefined ? null : `<${data.pictures[n].map(text).join("><")}>`),
  };
}

// -- numbers as people read them: the same as in the tables that were there before the script --------------------------
const tokenCount = (n) => (n >= 1e7 ? `${(n / 1e6).toFixed(1)}M` : n.toLocaleString("en-US"));

function dollars(usd) {
  if (usd === null || usd === undefined) return "unknown";
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "<$0.0001";
  return usd >= 1 ? `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}` : `$${usd.toFixed(4).replace(/0+$/, "")}`;
}

function duration(seconds) {
  if (seconds < 0.005) return "0 s";
  if (seconds < 9.95) return `${seconds.toFixed(2)} s`;
  if (seconds < 119.5) return `${seconds.toFixed(0)} s`;
  return seconds < 7170 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
