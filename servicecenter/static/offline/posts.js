// A step that finds no line is kept by the service worker, with the time at which it was taken, and sent later.
(() => {
  // Steps of jobs, and what is seen on sites.
  const STEP = /^\/(?:repairs\/[^/]+\/[a-z-]+|permits\/[^/]+\/(?:patrol|recheck|report-violation))\/$/;
  const PATIENCE = 20000;
  const NOT_OF_THE_STEP = new Set(["csrfmiddlewaretoken", "next", "version", "idempotency_key"]);

  async function stepOf(request, takenAt, reader) {
    const [, kind, number, action] = new URL(request.url).pathname.split("/");
    const data = await request.formData();
    const sent = [...data].filter(([name]) => !NOT_OF_THE_STEP.has(name));
    // Our own steps that arrived since the page was saved moved the job on: that is no conflict.
    const known = Math.max(Number(data.get("version")) || 0, Number(await kept.fact(`version:${number}`)) || 0);
    const before = (await kept.steps(reader)).map((each) => each.order);
    const step = {
      key: data.get("idempotency_key") || crypto.randomUUID(),
      reader, number, action, takenAt,
      place: kind === "permits" ? "sites" : "jobs",
      // Also when somebody sets the clock back between two steps.
      order: Math.max(takenAt, ...before.map((each) => each + 1)),
      fields: sent.filter(([, value]) => typeof value === "string"),
      files: sent.filter(([, value]) => typeof value !== "string" && value.size).map(([name, file]) => [name, file, file.name]),
      version: data.has("version") ? String(known) : null,
      state: "waiting",
      refusal: null,
      now: false,
    };
    return { step, next: data.get("next") };
  }

  function onward(request, step, next) {
    const here = `/field/${step.place}/${step.number}/`;
    // The page of a permit is not kept on the phone, the copy of its site is.
    const kept = next && next.startsWith("/") && !next.startsWith("//") && !next.startsWith("/permits/");
    const place = kept ? next : here;
    if (request.headers.get("HX-Request")) return new Response("", { headers: { "HX-Redirect": place } });
    return Response.redirect(new URL(place, location.origin), 303);
  }

  async function post(event, otherwise) {
    const { request } = event;
    const takenAt = Date.now();
    const copy = request.clone();
    try {
      return await reach(request, PATIENCE);
    } catch (error) {
      // A phone that is full keeps nothing: the page says that it was not sent, and what was typed is still there.
      const { step, next } = await keep(copy, takenAt).catch(() => ({}));
      return step ? onward(request, step, next) : otherwise(error);
    }
  }

  async function keep(request, takenAt) {
    const reader = await kept.fact("reader");
    if (!reader) return {};
    const { step, next } = await stepOf(request, takenAt, reader);
    await kept.put(step);
    // The browser sends when there is a line again, even if the page is closed by then.
    if (self.registration.sync) await self.registration.sync.register("steps").catch(() => undefined);
    return { step, next };
  }

  const isStep = (request) => request.method === "POST" && STEP.test(new URL(request.url).pathname);
  self.posts = { isStep, post };
})();
