// A job without signal: which steps may follow, seen from those that wait on this phone.
(() => {
  const main = document.querySelector("[data-steps-ahead]");
  if (!main || !window.offline) return;
  const plan = JSON.parse(document.getElementById("ahead").textContent);
  let drawn = null;
  const sections = [...main.querySelectorAll("[data-step]")];

  function standing(steps) {
    let { status } = plan;
    let held = plan.held_from;
    const done = new Set();
    steps.forEach((step) => {
      const row = plan.steps.find((each) => each.code === step.action && each.sources.includes(status));
      if (!row) return;
      done.add(row.code);
      if (row.target === "<back>") status = held || status;
      else if (row.target) { held = status; status = row.target; }
    });
    return { status, done };
  }

  function drawWaiting(steps) {
    const list = main.querySelector("[data-ahead-waiting]");
    list.replaceChildren(...steps.map((step) => {
      const line = document.createElement("li");
      const words = [plan.labels[step.action] || step.action, window.offline.clock(step.takenAt)];
      if (step.state === "refused") words.push(list.dataset.refused);
      line.textContent = words.join(" · ");
      return line;
    }));
    list.closest("section").hidden = !steps.length;
  }

  function draw({ detail }) {
    const steps = detail.steps.filter((step) => step.number === plan.number && step.action !== "drop");
    const { status, done } = standing(steps);
    drawWaiting(steps);
    const natural = plan.natural[status] || [];
    const moved = status !== drawn;
    drawn = status;
    sections.forEach((section) => {
      const rows = plan.steps.filter((row) => row.code === section.dataset.step);
      section.hidden = !rows.some((row) => row.sources.includes(status)) || (rows[0].once && done.has(rows[0].code));
      // What somebody has unfolded stays so.
      if (moved) section.open = natural.includes(section.dataset.step);
    });
    const first = moved && sections.find((section) => section.open && !section.hidden);
    if (first) first.parentElement.prepend(first);
    main.dataset.drawn = status;
    main.querySelector("[data-nothing-ahead]").hidden = sections.some((section) => !section.hidden);
  }

  // A saved page is used more than once: each sending is one of its own.
  sections.forEach((section) => {
    const { idempotency_key: key } = section.querySelector("form").elements;
    if (key) key.value = crypto.randomUUID();
  });
  document.addEventListener("steps", draw);
  window.offline.draw();
})();
