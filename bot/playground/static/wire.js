// Between page and server: a stream of events to read, and actions to ask for.

/** Follow what happens to a person; `on` gets every event, and {kind: "lost" | "over"}. */
export function follow(person, on) {
  const source = new EventSource(`events?person=${person}`);
  source.onmessage = (event) => on(JSON.parse(event.data));
  source.onerror = () => on({ kind: source.readyState === EventSource.CLOSED ? "over" : "lost" });
}

/** Ask for an action; gives the answer, or throws an Error that can be shown. */
export async function act(action, about = {}) {
  const answer = await fetch("do", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action, ...about }),
  });
  const told = await answer.json();
  if (!told.ok) throw new Error(told.error);
  return told.result;
}
