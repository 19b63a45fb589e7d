// The page of what waits: each step with what was entered; a refused one beside how the job stands now.
(() => {
  const list = document.querySelector("[data-waiting-list]");
  if (!list || !window.offline) return;
  const words = JSON.parse(document.getElementById("waiting-words").textContent);
  const model = document.getElementById("waiting-step");
  const HIDDEN = new Set(["method", "kind", "signature"]);

  const called = (step, name) => (words.fields[step.action] || {})[name] || name;
  const part = (card, name) => card.querySelector(`[data-part="${name}"]`);
  function fill(card, name, text) {
    const place = part(card, name);
    place.textContent = text || "";
    (place.tagName === "DD" ? place.parentElement : place).hidden = !text;
  }

  // Ids are told in the words of their lists, all of one field together; they are not changed here.
  const listed = (name) => words.values[name.replace(/_\d+$/, "")];
  function chosen(step) {
    const found = new Map();
    step.fields.filter(([name, value]) => listed(name) && value).forEach(([name, value]) => {
      found.set(name, [...(found.get(name) || []), listed(name)[value] || value]);
    });
    return [...found].map(([name, texts]) => {
      const line = document.createElement("p");
      const label = document.createElement("b");
      label.textContent = called(step, name);
      line.append(label, document.createElement("br"), texts.join(" · "));
      return line;
    });
  }

  function entered(step, editable) {
    const typed = step.fields.filter(([name, value]) => !HIDDEN.has(name) && !listed(name) && (value || editable));
    return [...chosen(step), ...typed.map(([name, value]) => {
      const label = document.createElement("label");
      label.className = "form-label";
      label.textContent = called(step, name);
      const field = document.createElement("textarea");
      field.className = "form-control";
      field.name = name;
      field.rows = 2;
      field.value = value;
      field.readOnly = !editable;
      label.append(field);
      return label;
    })];
  }

  // Drawn, not linked: nothing of the picture outlives the page.
  async function thumbs(step, place) {
    for (const [, file] of step.files) {
      const picture = await createImageBitmap(file).catch(() => null);
      if (!picture) continue;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [88, 88];
      const side = Math.min(picture.width, picture.height);
      canvas.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 88, 88);
      place.append(canvas);
    }
  }

  function drawRefusal(card, step) {
    const { refusal } = step;
    fill(card, "sentence", refusal.detail || list.dataset.refused);
    fill(card, "errors", Object.entries(refusal.errors || {}).map(([name, texts]) => `${called(step, name)}: ${texts.join(" ")}`).join("\n"));
    const now = refusal.present;
    part(card, "present").hidden = !now;
    if (!now) return;
    fill(card, "status", now.label);
    fill(card, "engineer", now.engineer);
    fill(card, "next", now.next);
    fill(card, "meanwhile", now.meanwhile.join("\n"));
  }

  async function again(step, card, now) {
    const typed = new Map([...card.querySelectorAll("textarea[name]")].filter((field) => !field.readOnly).map((field) => [field.name, field.value]));
    const { refusal } = step;
    await kept.put({
      ...step,
      fields: step.fields.map(([name, value]) => [name, typed.has(name) ? typed.get(name) : value]),
      key: refusal.code === "idempotency_key_reused" ? crypto.randomUUID() : step.key,
      version: refusal.present && step.version !== null ? String(refusal.present.version) : step.version,
      state: "waiting", refusal: null, now: now || step.now,
    });
    if (refusal.code === "idempotency_key_reused") await kept.drop(step.key);
    window.offline.send(true);
  }

  // Nothing is dropped in silence: that it was discarded, and why, is written down with the job.
  async function discard(step, reason) {
    const what = `${words.actions[step.action] || step.action} ${new Date(step.takenAt).toLocaleString(document.documentElement.lang)}`;
    await kept.put({
      ...step, action: "drop", fields: [["what", what], ["reason", reason]], files: [], version: null,
      state: "waiting", refusal: null, now: true,
    });
    window.offline.send(false);
  }

  function draw({ detail }) {
    if (list.contains(document.activeElement) && document.activeElement.matches("textarea, input")) return;
    list.replaceChildren(...detail.steps.map((step) => {
      const card = model.content.firstElementChild.cloneNode(true);
      const refused = step.state === "refused";
      card.dataset.state = step.state;
      card.dataset.key = step.key;
      fill(card, "action", words.actions[step.action] || step.action);
      fill(card, "time", window.offline.clock(step.takenAt));
      const link = part(card, "number");
      link.textContent = step.number;
      link.href = (step.place === "sites" ? link.dataset.site : link.href).replace("NUMBER", step.number);
      fill(card, "state", refused ? list.dataset.refused : list.dataset.waits);
      const mine = !refused || !step.refusal.present || step.refusal.present.mine;
      part(card, "entered").append(...entered(step, refused && mine));
      part(card, "mine").hidden = !part(card, "entered").children.length && !step.files.length;
      thumbs(step, part(card, "photos"));
      part(card, "refusal").hidden = !refused;
      if (refused) drawRefusal(card, step);
      part(card, "again").hidden = !refused || !mine;
      part(card, "again").addEventListener("click", () => again(step, card, false));
      part(card, "now").hidden = !refused || step.refusal.code !== "phone_time_refused";
      part(card, "now").addEventListener("click", () => again(step, card, true));
      const form = part(card, "discard");
      form.hidden = step.action === "drop";
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        discard(step, form.elements.reason.value.trim());
      });
      return card;
    }));
    document.querySelector("[data-nothing-waits]").hidden = detail.steps.length > 0;
  }

  document.addEventListener("steps", draw);
  window.offline.draw();
})();
