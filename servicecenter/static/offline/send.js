// Sends what waits, in the order in which it was taken, each step once: its key makes a second try harmless.
// Shared by the pages and the service worker (which sends when the page was closed meanwhile).
(() => {
  const LINE = "/field/line/";
  const TOO_LONG = 60000;
  const ASK = { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store", credentials: "same-origin" };
  // The phone is a patient client: these say nothing about the step itself.
  const LATER = new Set([408, 425, 429]);
  // 0: a redirect to the page for signing in.
  const ELSEWHERE = new Set([0, 200, 401, 403]);
  // A word about a step that was given up: the job is gone, or the step had been taken after all.
  const DONE = new Set([404, 409, 422]);

  // An answer that does not come in time is a line that is not there.
  const inTime = (promise, limit) => Promise.race([
    promise, new Promise((_done, fail) => { setTimeout(() => fail(new Error("no answer")), limit); }),
  ]);

  // Whoever answers in the server's place is no line to it.
  const GATEWAY = new Set([502, 504]);
  async function reach(request, limit) {
    const answer = await (limit ? inTime(fetch(request), limit) : fetch(request));
    if (GATEWAY.has(answer.status)) throw new Error("no server");
    return answer;
  }

  async function line() {
    try {
      const answer = await inTime(fetch(LINE, ASK), TOO_LONG);
      return answer.ok ? await answer.json() : null;
    } catch { return null; }
  }

  function bodyOf(step, { token, offset }) {
    const body = new FormData();
    step.fields.forEach(([name, value]) => body.append(name, value));
    step.files.forEach(([name, file, filename]) => body.append(name, file, filename));
    body.set("csrfmiddlewaretoken", token);
    body.set("idempotency_key", step.key);
    if (step.version !== null) body.set("version", step.version);
    // The clock of a phone may be wrong, the time that has passed on it hardly: it is counted from the server's clock.
    if (!step.now) body.set("happened_at", new Date(step.takenAt + offset).toISOString());
    return body;
  }

  // What was kept before there were sites is of a job.
  const address = (step) => `/field/${step.place || "jobs"}/${step.number}/${step.action === "drop" ? "drop" : `later/${step.action}`}/`;

  async function sendOne(step, here) {
    let answer;
    try {
      answer = await inTime(fetch(address(step), { ...ASK, method: "POST", body: bodyOf(step, here) }), TOO_LONG);
    } catch { return "away"; }
    const problem = await answer.json().catch(() => null);
    if (answer.ok && problem) return taken(step, problem);
    // Signed out meanwhile, or with another token: whoever signs in again sends it.
    if (!problem && ELSEWHERE.has(answer.status)) return "away";
    if (answer.status >= 500 || LATER.has(answer.status)) return "busy";
    // What nobody has to hear of any more is done.
    if (step.action === "drop" && DONE.has(answer.status)) { await kept.drop(step.key); return "sent"; }
    await kept.put({ ...step, state: "refused", refusal: { detail: "", ...problem, status: answer.status } });
    return "refused";
  }

  // What we did ourselves makes no page of ours stale: the next step goes on from the version that this one led to.
  async function taken(step, { version }) {
    if (version) {
      await kept.setFact(`version:${step.number}`, version);
      const rest = (await kept.steps(step.reader)).filter((each) => each.number === step.number && each.key !== step.key);
      for (const each of rest) if (each.version !== null) await kept.put({ ...each, version: String(version) });
    }
    await kept.drop(step.key);
    return "sent";
  }

  async function sendAll() {
    const reader = await kept.fact("reader");
    if (!(await kept.steps(reader)).length) return { sent: 0, left: 0, line: navigator.onLine !== false };
    const here = await line();
    // Somebody else is signed in: these steps are none of theirs.
    if (!here || here.reader !== reader) return { sent: 0, left: (await kept.steps(reader)).length, line: false };
    here.offset = Date.parse(here.now) - Date.now();
    const stopped = new Set();
    let sent = 0;
    let busy = false;
    for (const { key, number } of await kept.steps(reader)) {
      const step = (await kept.steps(reader)).find((each) => each.key === key);
      if (!step || stopped.has(number)) continue;
      const outcome = step.state === "refused" ? "refused" : await sendOne(step, here);
      if (outcome === "away") return { sent, left: (await kept.steps(reader)).length, line: false };
      busy = busy || outcome === "busy";
      if (outcome === "sent") sent += 1;
      // The next step of a job makes sense only after the one before. Other jobs go on.
      else stopped.add(number);
    }
    return { sent, left: (await kept.steps(reader)).length, line: !busy };
  }

  // One at a time, on the whole phone.
  self.sendSteps = () => (navigator.locks ? navigator.locks.request("field-send", sendAll) : sendAll());
  self.reach = reach;
})();
