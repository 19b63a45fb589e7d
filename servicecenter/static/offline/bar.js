// The line under the top bar: whether the page is a saved copy, what waits to be sent, what was refused.
(() => {
  const bar = document.querySelector("[data-offline-bar]");
  if (!bar || !("serviceWorker" in navigator)) return;
  const { find, say } = window.ui;
  const { savedAt } = document.documentElement.dataset;
  const { reader } = bar.dataset;
  const controlled = Boolean(navigator.serviceWorker.controller);
  const EVERY = 60000;
  const STEP = /^\/(?:repairs\/[^/]+\/[a-z-]+|permits\/[^/]+\/(?:patrol|recheck|report-violation))\/$/;
  const clock = (instant) => new Date(instant).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

  // app.js lets these forms go without a line: the service worker keeps them.
  window.keepsForLater = (form) => Boolean(navigator.serviceWorker.controller)
    && STEP.test(new URL(form.getAttribute("action") || "", location.href).pathname);

  function show(name, count) {
    const part = bar.querySelector(`[data-offline-${name}]`);
    part.hidden = !count;
    const number = part.querySelector("[data-count]");
    if (number) number.textContent = count;
  }

  async function draw() {
    const steps = await kept.steps(reader);
    const refused = steps.filter((step) => step.state === "refused").length;
    show("waiting", steps.length - refused);
    show("refused", refused);
    bar.hidden = !steps.length && !savedAt;
    find("form[data-signs-out]").forEach((form) => {
      if (steps.length) form.dataset.confirm = bar.dataset.unsent; else delete form.dataset.confirm;
    });
    document.dispatchEvent(new CustomEvent("steps", { detail: { steps, reader } }));
  }

  // Also a signature that is drawn, which is a hidden field.
  const typed = (field) => {
    if (field.files) return field.files.length > 0;
    if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
    if (["radio", "checkbox"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (field.type === "hidden") return Boolean(field.closest("[data-signature]") && field.value);
    return field.defaultValue !== undefined && field.value !== field.defaultValue;
  };
  const typing = () => find("main form").some((form) => [...form.elements].some(typed));

  // `back`: something says that there is a line again.
  async function send(asked, back = asked) {
    const { sent, left, line } = await sendSteps();
    await draw();
    if (asked && left && !line) say(bar.dataset.noLine);
    // The page as it is now, unless somebody is typing.
    const old = savedAt ? back || sent : sent && !left;
    if (line && old && !typing()) location.reload();
  }

  if (savedAt) {
    show("saved", 1);
    bar.querySelector("[data-offline-saved] time").textContent = clock(savedAt);
  }
  bar.querySelector("[data-send-now]").addEventListener("click", () => send(true));
  addEventListener("online", () => send(false, true));
  document.addEventListener("visibilitychange", () => document.hidden || send(false, true));
  // Not every line says that it is there again.
  setInterval(() => document.hidden || bar.hidden || send(false), EVERY);
  new BroadcastChannel("field-steps").addEventListener("message", draw);
  navigator.serviceWorker.ready.then(({ active }) => {
    if (!savedAt) active.postMessage({ visited: location.pathname, controlled });
  });
  window.offline = { clock, draw, send, reader };
  draw().then(async () => {
    if (!(await kept.steps(reader)).length) return;
    // Ask the browser not to throw the steps away when space is short.
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => undefined);
    await send(false);
  }).catch(() => undefined);
})();
