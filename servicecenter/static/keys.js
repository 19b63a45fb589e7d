// Keyboard first: single keys on the desk and the board. They can be switched off in their own sheet (WCAG 2.1.4).
(() => {
  const find = (selector, root = document) => [...root.querySelectorAll(selector)];
  const sheet = document.getElementById("shortcuts");
  const list = sheet.querySelector("[data-shortcut-list]");
  const toggle = sheet.querySelector("[data-shortcut-switch]");
  const fixed = [...list.children];
  let on = true;
  try { on = localStorage.getItem("shortcuts") !== "off"; } catch { /* storage is closed: stay on */ }
  toggle.checked = on;
  toggle.addEventListener("change", () => {
    on = toggle.checked;
    try { localStorage.setItem("shortcuts", on ? "on" : "off"); } catch { /* holds for this page */ }
  });

  const visible = (element) => element.checkVisibility();
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

  function press(key) {
    const fitting = find("[data-shortcut]").filter((candidate) => candidate.dataset.shortcut === key && visible(candidate));
    // What the page offers goes before a place of the navigation with the same key.
    const element = fitting.find((candidate) => candidate.closest(".frame")) || fitting[0];
    if (!element) return false;
    if (element.matches("input, textarea, select")) { element.focus(); if (element.select) element.select(); } else element.click();
    return true;
  }

  function move(step) {
    const rows = find("[data-row]").filter(visible);
    if (!rows.length) return false;
    const here = rows.indexOf(document.activeElement.closest("[data-row]"));
    const row = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    const goal = row.querySelector("a[href], button") || row;
    if (goal === row) row.tabIndex = -1;
    goal.focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const done = event.key === "j" ? move(1) : event.key === "k" ? move(-1) : press(event.key);
    if (done) event.preventDefault();
    else if (event.key === "?") sheet.showModal();
  });

  // The sheet tells what works on the page as it is now.
  function describe() {
    const told = new Map(find("[data-shortcut]").filter(visible).map((element) => [
      element.dataset.shortcut,
      element.dataset.shortcutLabel || element.getAttribute("aria-label") || element.textContent.trim(),
    ]));
    const rows = [...told].map(([key, label]) => {
      const row = document.createElement("div");
      const name = document.createElement("dt");
      const cap = document.createElement("kbd");
      const text = document.createElement("dd");
      cap.textContent = key;
      text.textContent = label;
      name.append(cap);
      row.append(name, text);
      return row;
    });
    list.replaceChildren(...rows, ...fixed);
  }
  new MutationObserver(() => sheet.open && describe()).observe(sheet, { attributeFilter: ["open"] });
})();
