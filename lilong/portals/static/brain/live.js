// How the page stays true: server-sent events, and asking again where they do not come through.

const POLL = 10_000; // ms between questions while the stream is down
const SETTLE = 350; // ms to gather changes before the numbers are asked for again
const REFRESH = 30_000; // ms after which lateness and ages are looked at anew, stream or not

/** Asks for `url` as JSON; a refusal is thrown with its `status`, a way to the sign-in page as 401. */
async function ask(url) {
  const headers = { Accept: "application/json", "Lilong-Background": "1" }; // asking by itself keeps no session alive
  const answer = await fetch(url, { headers, redirect: "manual" });
  if (answer.type === "opaqueredirect") throw Object.assign(new Error("signed out"), { status: 401 });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.json();
}

/**
 * Keeps `onState` told. `onLink` gets opening | live | polling | away | out; `onEvent` each live message at once,
 * before the numbers that follow from it are asked for.
 */
export function keepTrue({ stateUrl, liveUrl, still, onState, onEvent, onLink }) {
  let link = "opening";
  let settling = 0;
  let source = null;
  let seq = 0;
  const say = (word) => { link = word; onLink(word); };

  async function refresh() {
    clearTimeout(settling);
    settling = 0;
    try {
      const state = await ask(stateUrl);
      seq = state.seq;
      onState(state);
      say(still ? "still" : !source ? "opening" : source.readyState === EventSource.OPEN ? "live" : "polling");
    } catch (refusal) {
      if (refusal.status === 401 || refusal.status === 403) {
        source?.close();
        say("out");
      } else say("away");
    }
  }
  const soon = () => { settling ||= setTimeout(refresh, SETTLE); };

  function open() {
    source = new EventSource(`${liveUrl}?after=${seq}`);
    source.addEventListener("open", () => { say("live"); soon(); });
    source.addEventListener("reload", soon); // too far behind to be told what it missed
    source.addEventListener("error", () => {
      if (link !== "out") say("polling");
      if (source.readyState === EventSource.CLOSED) setTimeout(() => link !== "out" && open(), POLL);
    });
    source.addEventListener("change", (message) => { onEvent(JSON.parse(message.data)); soon(); });
  }

  refresh().then(() => {
    if (still || link === "out") return;
    open();
    setInterval(() => { if (link !== "live" && link !== "out") refresh(); }, POLL);
    setInterval(() => { if (link === "live") refresh(); }, REFRESH);
    addEventListener("online", refresh);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && link !== "out") refresh(); });
  });
  return { refresh };
}
