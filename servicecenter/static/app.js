// Behaviour of every face. Pages work without it; it makes them quicker and keeps what was typed.
// Sentences come from the page (#ui-words), never from here.
(() => {
  const words = JSON.parse(document.getElementById("ui-words").textContent);
  const skew = Date.now() - Date.parse(words.now);
  const find = (selector, root = document) => [...root.querySelectorAll(selector)];
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* full or closed: go without */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* closed */ } },
    keys: () => { try { return Object.keys(localStorage); } catch { return []; } },
  };
  window.ui = { words, store, find, say };

  // Messages -----------------------------------------------------------------------------------------------------
  function say(text, level = "error") {
    const same = find("#messages .message").find((message) => message.dataset.said === text);
    if (same) return;
    const message = document.createElement("div");
    message.className = `message message-${level}`;
    message.dataset.message = level;
    message.dataset.said = text;
    if (level === "error") message.setAttribute("role", "alert");
    const body = document.createElement("div");
    body.className = "message-text";
    body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-ghost";
    close.dataset.close = ".message";
    close.textContent = words.close;
    message.append(body, close);
    document.getElementById("messages").append(message);
    fade(message);
  }

  // A success goes by itself, later when it offers an undo; an error waits until it is closed.
  function fade(message) {
    if (message.dataset.message !== "success" || message.dataset.fading) return;
    message.dataset.fading = "yes";
    const leave = () => {
      if (message.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else message.remove();
    };
    setTimeout(leave, message.querySelector("form") ? 20000 : 8000);
  }

  // Deadlines ----------------------------------------------------------------------------------------------------
  const fill = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (_all, key) => values[key]);

  function duration(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / 60000);
    const values = { d: Math.floor(minutes / 1440), h: Math.floor(minutes / 60) % 24, m: minutes % 60 };
    if (values.d) return fill(values.h ? words.dh : words.d, values);
    if (values.h) return fill(values.m ? words.hm : words.h, values);
    return values.m ? fill(words.m, values) : "";
  }

  function refreshDeadline(element) {
    const due = Date.parse(element.dataset.due);
    const now = Date.now() - skew;
    const started = Date.parse(element.dataset.started);
    const soon = Number.isNaN(started) ? due - words.soon_ms : started + (due - started) * words.warn_share;
    const state = now > due ? "over" : now >= soon ? "soon" : "ok";
    const side = now > due ? "over" : "left";
    const length = duration(due - now);
    const text = length ? fill(words[side], { time: length }) : words[`${side}_moment`];
    const time = element.querySelector("time");
    if (time.textContent !== text) time.textContent = text;
    if (element.dataset.deadline === state) return;
    const look = words.deadline_looks[state];
    element.dataset.deadline = state;
    element.className = `deadline tone-${look.tone}`;
    const use = element.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${look.icon}`));
  }
  const refreshDeadlines = () => find("[data-due]").forEach(refreshDeadline);
  setInterval(refreshDeadlines, 30000);
  document.addEventListener("visibilitychange", () => document.hidden || refreshDeadlines());

  // Dialogs ------------------------------------------------------------------------------------------------------
  const dialog = document.getElementById("dialog");
  const dialogBody = document.getElementById("dialog-body");

  async function openInDialog(url) {
    dialogBody.textContent = words.loading;
    if (!dialog.open) dialog.showModal();
    // A lost connection has been told by then (htmx:sendError).
    await window.htmx.ajax("GET", url, { target: "#dialog-body", swap: "innerHTML" }).catch(() => undefined);
    if (dialogBody.textContent === words.loading) dialog.close();
  }

  // A form of an answer that has no HTMX of its own stays in the dialog, so that an error shows where it was typed.
  function adoptForms() {
    find("form[method=post]:not([hx-post])", dialogBody).forEach((form) => {
      // By attribute: a field named "action" would hide the property.
      form.setAttribute("hx-post", form.getAttribute("action") || location.href);
      form.setAttribute("hx-target", "#dialog-body");
      form.setAttribute("hx-swap", "innerHTML");
      window.htmx.process(form);
    });
    const first = dialogBody.querySelector(".is-invalid, [autofocus], input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  }

  const confirmDialog = document.getElementById("confirm");
  function confirmFirst(form, submitter) {
    document.getElementById("confirm-text").textContent = form.dataset.confirm;
    confirmDialog.returnValue = "no";
    confirmDialog.showModal();
    confirmDialog.addEventListener("close", () => {
      if (confirmDialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    }, { once: true });
  }

  // Sending once -------------------------------------------------------------------------------------------------
  const buttons = (form) => [...form.elements].filter((element) => element.type === "submit");
  function sending(form, on) {
    if (on) form.dataset.sending = "yes"; else delete form.dataset.sending;
    buttons(form).forEach((button) => (on ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled")));
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const stop = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (form.dataset.sending) return stop();
    // The browser's own error page would take the place of what was typed, chosen photos included. An engineer's step
    // is kept by the service worker instead.
    const kept = window.keepsForLater && window.keepsForLater(form);
    if (navigator.onLine === false && !kept) { stop(); say(words.offline); return; }
    if (form.dataset.confirm && !form.dataset.confirmed) { stop(); confirmFirst(form, event.submitter); return; }
    if (form.dataset.preparing) { stop(); form.dataset.preparing = "send"; return; }
    delete form.dataset.confirmed;
    if ("signsOut" in form.dataset) store.keys().filter((key) => key.startsWith("draft:")).forEach(store.drop);
    sending(form, true);
  }, true);
  addEventListener("pageshow", (event) => event.persisted && find("form[data-sending]").forEach((form) => sending(form, false)));

  // HTMX: an error never throws away what was typed ---------------------------------------------------------------
  const body = document.body;
  body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest && event.detail.elt.closest("form");
    if (form) sending(form, false);
  });
  body.addEventListener("htmx:beforeOnLoad", (event) => {
    const goal = event.detail.xhr.getResponseHeader("HX-Redirect") || "";
    const typing = event.detail.requestConfig.verb !== "get";
    if (typing && goal.startsWith(words.login_path)) { event.preventDefault(); say(words.signed_out); }
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
    if (xhr.status >= 400) return answerError(event, xhr);
    followRedirect(event, xhr);
  });
  // A redirect that the browser followed behind our back brings a whole page: go there instead of nesting it.
  function followRedirect(event, xhr) {
    const { path, verb } = event.detail.requestConfig;
    const arrived = new URL(xhr.responseURL || location.href).pathname;
    if (arrived === new URL(path, location.href).pathname || !/^\s*<!doctype/i.test(xhr.responseText)) return;
    event.detail.shouldSwap = false;
    if (verb !== "get" && arrived.startsWith(words.login_path)) say(words.signed_out);
    else location.assign(xhr.responseURL);
  }
  function answerError(event, xhr) {
    if (xhr.getResponseHeader("HX-Retarget")) { event.detail.shouldSwap = true; return; }
    if (xhr.responseText.includes("data-refusal")) {
      event.detail.shouldSwap = true;
      event.detail.target = document.getElementById("messages");
      event.detail.swapOverride = "beforeend";
      return;
    }
    say(words.failed);
  }
  ["htmx:sendError", "htmx:timeout"].forEach((name) => body.addEventListener(name, () => say(words.offline)));
  body.addEventListener("htmx:load", (event) => {
    find(".message", event.detail.elt.parentElement || document).forEach(fade);
    if (event.detail.elt.closest && event.detail.elt.closest("#dialog-body")) adoptForms();
    refreshDeadlines();
  });
  body.addEventListener("close-dialog", () => dialog.open && dialog.close());

  // Small things -------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const link = at("a[data-dialog]");
    if (link && window.htmx && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      openInDialog(link.href);
    }
    const closer = at("[data-close]");
    if (closer) {
      const closed = closer.closest(closer.dataset.close);
      if (closed.close) closed.close(); else closed.remove();
    }
    const opener = at("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (event.target.matches("dialog.sheet")) event.target.close();
    if (at("[data-print]")) print();
    if (at("[data-reload]")) location.reload();
    const copy = at("[data-copy]");
    if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(() => say(words.copied, "success"));
    const theme = at("[data-theme-choice] button");
    if (theme) chooseTheme(theme.value);
    find("details[data-menu][open]").filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    find("details[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    const results = document.getElementById("search-results");
    if (results) results.replaceChildren();
  });
  function chooseTheme(value) {
    if (value) store.set("theme", value); else store.drop("theme");
    dispatchEvent(new Event("theme"));
    showTheme();
  }
  function showTheme() {
    const now = store.get("theme") || "";
    find("[data-theme-choice] button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === now)));
  }
  // A bar of places that is wider than the screen shows the place one is in.
  find(".rail, .topnav, .filters").forEach((bar) => {
    const here = bar.querySelector('[aria-current="page"]');
    if (here && bar.scrollWidth > bar.clientWidth) {
      const place = here.getBoundingClientRect();
      bar.scrollLeft += place.left - bar.getBoundingClientRect().left - (bar.clientWidth - place.width) / 2;
    }
  });
  showTheme();
  refreshDeadlines();
  find("#messages .message").forEach(fade);
})();
