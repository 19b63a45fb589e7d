// Keys and small helps of the front desk. Everything works without it.
(() => {
  const find = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");

  // The list marks the repair that is open beside it.
  function markOpened() {
    const opened = document.querySelector("#panel .case");
    find("tr[data-case]").forEach((row) => row.classList.toggle("is-open", Boolean(opened) && row.dataset.case === opened.dataset.case));
  }

  // Search: arrows go through the results while the box keeps what was typed.
  document.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const box = document.getElementById("global-search");
    const hits = find("#search-results [data-hit]");
    const here = hits.indexOf(document.activeElement);
    if (!hits.length || (document.activeElement !== box && here < 0)) return;
    event.preventDefault();
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    (hits[next] || box).focus();
  });

  // "Somebody else" asks for a name and a number at once.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-another]")) return;
    const name = document.getElementById("id_reporter_name");
    name.closest("details").open = true;
    name.focus();
  });

  // Ctrl+Enter sends the form from the text.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest && event.target.closest("form.register");
    if (!form) return;
    event.preventDefault();
    // With Shift it is linked to the outage that is offered beside it.
    form.requestSubmit(event.shiftKey ? form.querySelector("[data-with-outage]") : null);
  });

  // Several at once: what is selected is counted, and a refresh waits until it is dealt with.
  const picks = () => find("#list input[name=number]");
  function count() {
    const picked = picks().filter((pick) => pick.checked).length;
    find("[data-picked]").forEach((place) => { place.textContent = picked ? `✓ ${picked}` : ""; });
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) picks().forEach((pick) => { pick.checked = event.target.checked; });
    if (event.target.matches("[data-pick-all], #list input[name=number]")) count();
    const filters = event.target.closest(".queue-filters");
    if (filters && event.target.matches("select")) filters.requestSubmit();
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    const selecting = "keepsSelection" in element.dataset && picks().some((pick) => pick.checked);
    if (selecting || (element.id === "live" && document.hidden)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens-dialog]");
    if (!button || !window.htmx) return;
    event.preventDefault();
    const link = document.createElement("a");
    const chosen = new FormData(button.form);
    chosen.delete("csrfmiddlewaretoken");
    link.href = `${button.formAction}?${new URLSearchParams(chosen)}`;
    link.dataset.dialog = "";
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  });

  // Ratings: a digit answers the marked question and goes on to the next one.
  const ratings = document.querySelector("form[data-ratings]");
  const rows = ratings ? find("[data-rating]", ratings) : [];
  const asked = () => rows.find((row) => row.contains(document.activeElement)) || rows.find((row) => !row.querySelector(":checked"));
  const markAsked = () => { const now = asked(); rows.forEach((row) => row.classList.toggle("is-asked", row === now)); };
  function rate(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const answer = { y: "yes", u: "no" }[event.key];
    if (answer) {
      const choice = ratings.querySelector(`[name=solved][value=${answer}]`);
      choice.checked = true;
      choice.focus();
    } else if (/^\d$/.test(event.key)) {
      const row = asked();
      if (!row) return;
      const choice = row.querySelector(`input[value="${event.key === "0" ? 10 : event.key}"]`);
      choice.checked = true;
      const next = rows[rows.indexOf(row) + 1];
      if (next) next.querySelector("input:checked, input").focus(); else choice.focus();
    } else return;
    event.preventDefault();
    markAsked();
  }
  if (ratings) {
    // Before the single keys of the frame: y answers the question here and opens no other page.
    document.addEventListener("keydown", rate, true);
    ratings.addEventListener("focusin", markAsked);
    ratings.addEventListener("change", markAsked);
    markAsked();
  }

  // The script follows the answers: the branch that fits is shown, the others step back.
  const branches = ratings ? find("[data-branch]") : [];
  function follow() {
    const said = (name) => ratings.querySelector(`[name=${name}]:checked`)?.value;
    const solved = said("solved"), overall = Number(said("overall") || 0);
    const low = overall > 0 && overall <= 5;
    const now = { unsolved: solved === "no", low: low && solved !== "no", middle: overall === 6 || overall === 7, good: overall >= 8 && solved !== "no", bad: low || solved === "no" };
    const any = Object.values(now).some(Boolean);
    branches.forEach((branch) => {
      branch.classList.toggle("is-now", now[branch.dataset.branch]);
      branch.classList.toggle("is-aside", any && !now[branch.dataset.branch]);
      branch.classList.toggle("is-hidden", !now[branch.dataset.branch]);
    });
  }
  if (branches.length) {
    ratings.addEventListener("change", follow);
    document.addEventListener("keydown", () => setTimeout(follow));
    follow();
  }

  // The lease counts down; the page renews it by itself every five minutes.
  function countDown() {
    const place = document.querySelector("[data-lease]");
    if (!place) return;
    place.dataset.ends ||= String(Date.now() + 1000 * Number(place.dataset.lease));
    const left = Math.max(0, Math.round((Number(place.dataset.ends) - Date.now()) / 1000));
    place.classList.toggle("is-short", left < 120);
    place.querySelector("time").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
  setInterval(countDown, 1000);

  document.body.addEventListener("htmx:afterSettle", (event) => {
    markOpened();
    count();
    countDown();
    if (event.detail.target.id === "panel") event.detail.target.scrollTop = 0;
  });
  markOpened();
  countDown();
  // The chosen queue may lie outside of a narrow row of tabs.
  const chosen = document.querySelector(".filters [aria-current]");
  if (chosen) chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
})();
