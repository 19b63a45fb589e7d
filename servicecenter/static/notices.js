// New messages without a reload: looked for when the page comes to the front, and once a minute while it is there.
(() => {
  const nav = document.querySelector("[data-unread-at]");
  const place = document.getElementById("nav-count-messages");
  if (!nav || !place) return;
  const { say } = window.ui;
  const EVERY = 60000;
  const shown = () => Number((place.querySelector("[aria-hidden]") || {}).textContent || 0);
  let last = Date.now();

  function badge(count) {
    if (!navigator.setAppBadge) return;
    (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }

  function show(count, spoken) {
    const number = document.createElement("span");
    number.setAttribute("aria-hidden", "true");
    number.textContent = count;
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = spoken;
    place.replaceChildren(...(count ? [number, words] : []));
  }

  async function look() {
    if (document.hidden || navigator.onLine === false) return;
    last = Date.now();
    try {
      const answer = await fetch(nav.dataset.unreadAt, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
      if (!answer.ok) return;
      const { unread, spoken, news } = await answer.json();
      if (unread > shown()) say(news, "success");
      if (unread !== shown()) show(unread, spoken);
      badge(unread);
    } catch { /* no connection: the next look may have one */ }
  }

  badge(shown());
  document.addEventListener("visibilitychange", () => Date.now() - last > 5000 && look());
  addEventListener("focus", () => Date.now() - last > 5000 && look());
  setInterval(look, EVERY);
})();
