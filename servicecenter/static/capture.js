// What people put in: drafts that survive a lost connection, photos made small, signatures.
(() => {
  const { words, store, find, say } = window.ui;
  const WEEK = 7 * 24 * 3600 * 1000;
  const PIXELS = 2000;

  // Drafts -------------------------------------------------------------------------------------------------------
  // The hidden idempotency key is kept with the text: sending the same draft again makes no second ticket.
  const KEPT_HIDDEN = "idempotency_key";
  const kept = (form) => [...form.elements].filter((element) =>
    element.name && !["file", "password", "submit", "button"].includes(element.type)
    && (element.type !== "hidden" || element.name === KEPT_HIDDEN));

  function saveDraft(form, sent = false) {
    const fields = kept(form).map((element) => [element.name, element.value, element.checked]);
    const typed = kept(form).some((element) => element.type !== "hidden" && element.value !== element.defaultValue && element.value);
    if (typed) store.set(`draft:${form.dataset.draft}`, JSON.stringify({ at: Date.now(), fields, sent }));
  }

  function readDraft(form) {
    try {
      const draft = JSON.parse(store.get(`draft:${form.dataset.draft}`));
      return draft && Date.now() - draft.at < WEEK ? draft : null;
    } catch { return null; }
  }

  function restoreDraft(form) {
    const draft = readDraft(form);
    // A form that came back with errors already holds what was typed last.
    if (!draft || form.querySelector("[data-bound], .is-invalid")) return;
    if (draft.sent) freshKeyOnChange(form);
    const waiting = [...draft.fields];
    kept(form).forEach((element) => {
      const at = waiting.findIndex(([name, value]) =>
        name === element.name && (!["radio", "checkbox"].includes(element.type) || value === element.value));
      if (at < 0) return;
      const [[, value, checked]] = waiting.splice(at, 1);
      if (["radio", "checkbox"].includes(element.type)) element.checked = checked; else element.value = value;
    });
    tellDraft(form);
    form.dispatchEvent(new Event("draft-restored", { bubbles: true }));
  }

  // A draft that was sent but never answered keeps its key. Once its text changes it is another request.
  function freshKeyOnChange(form) {
    const field = form.elements[KEPT_HIDDEN];
    if (!field) return;
    const fresh = field.value;
    form.addEventListener("input", () => { field.value = fresh; }, { once: true });
  }

  function tellDraft(form) {
    const note = document.createElement("div");
    note.className = "notice tone-new";
    note.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = words.draft;
    const afresh = document.createElement("button");
    afresh.type = "button";
    afresh.className = "btn";
    afresh.textContent = words.draft_clear;
    afresh.addEventListener("click", () => { store.drop(`draft:${form.dataset.draft}`); location.reload(); });
    note.append(text, afresh);
    form.prepend(note);
  }

  function keepDraft(form) {
    let timer = 0;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => saveDraft(form), 300); });
    form.addEventListener("submit", () => { clearTimeout(timer); saveDraft(form, true); });
    restoreDraft(form);
  }

  // Photos -------------------------------------------------------------------------------------------------------
  // A drawing goes as it is, behind a sheet of paper with its name.
  function sheet(file) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 176;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 176, 176);
    pen.fillStyle = "#b3261e";
    pen.font = "bold 40px sans-serif";
    pen.fillText("PDF", 44, 80);
    pen.fillStyle = "#3b4654";
    pen.font = "16px sans-serif";
    pen.fillText(file.name.slice(0, 18), 12, 120, 152);
    return { file, canvas };
  }

  async function shrink(file) {
    if (file.type === "application/pdf") return sheet(file);
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, PIXELS / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    if (share === 1 && file.size < 600000) return { file, canvas };
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return { file: new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }), canvas };
  }

  function thumbnail(picture, remove) {
    const wrap = document.createElement("div");
    wrap.className = "thumb";
    const small = document.createElement("canvas");
    const side = Math.min(picture.width, picture.height);
    small.width = small.height = 176;
    small.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 176, 176);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-icon";
    button.setAttribute("aria-label", words.remove_photo);
    button.textContent = "×";
    button.addEventListener("click", remove);
    wrap.append(small, button);
    return wrap;
  }

  function takePhotos(input) {
    let photos = [];
    const thumbs = document.querySelector(`[data-thumbs-for="${input.id}"]`);
    const show = () => {
      const carrier = new DataTransfer();
      photos.forEach((photo) => carrier.items.add(photo.file));
      input.files = carrier.files;
      if (thumbs) {
        thumbs.replaceChildren(...photos.map((photo) => thumbnail(photo.canvas, () => {
          photos = photos.filter((other) => other !== photo);
          show();
        })));
      }
    };
    const add = async (files) => {
      const results = await Promise.allSettled(files.map(shrink));
      if (results.some((result) => result.status === "rejected")) say(words.unsupported_photo);
      const fresh = results.filter((result) => result.status === "fulfilled").map((result) => result.value);
      photos = input.multiple ? [...photos, ...fresh] : fresh;
      show();
    };
    input.addEventListener("change", async () => {
      const { form } = input;
      // Sending waits until the photos are ready, and then goes on by itself.
      if (form) form.dataset.preparing = "yes";
      await add([...input.files]);
      if (!form) return;
      const send = form.dataset.preparing === "send";
      delete form.dataset.preparing;
      if (send) form.requestSubmit();
    });
  }

  // Signatures ---------------------------------------------------------------------------------------------------
  function sign(box) {
    if (!window.SignaturePad) return;
    const canvas = box.querySelector("canvas");
    const field = box.querySelector("input[type=hidden]");
    const pad = new window.SignaturePad(canvas, { penColor: "#101828", backgroundColor: "#ffffff" });
    const fit = () => {
      const ratio = Math.max(devicePixelRatio || 1, 1);
      if (canvas.width === Math.round(canvas.offsetWidth * ratio)) return;
      const drawn = pad.toData();
      canvas.width = Math.round(canvas.offsetWidth * ratio);
      canvas.height = Math.round(canvas.offsetHeight * ratio);
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      if (drawn.length) pad.fromData(drawn);
    };
    pad.addEventListener("endStroke", () => { field.value = pad.toDataURL("image/png"); });
    box.querySelector("[data-signature-clear]").addEventListener("click", () => { pad.clear(); field.value = ""; });
    new ResizeObserver(fit).observe(canvas);
    fit();
    // A form that came back keeps the signature that was drawn.
    if (field.value.startsWith("data:image/png;base64,")) pad.fromDataURL(field.value).catch(() => { field.value = ""; });
  }

  const once = (root, selector, start) => find(selector, root).filter((element) => !element.dataset.ready).forEach((element) => {
    element.dataset.ready = "yes";
    start(element);
  });
  function wire(root) {
    find("[data-draft-clear]", root).forEach((element) => store.drop(`draft:${element.dataset.draftClear}`));
    once(root, "form[data-draft]", keepDraft);
    once(root, "input[type=file][data-shrink]", takePhotos);
    once(root, "[data-signature]", sign);
  }
  wire(document);
  document.body.addEventListener("htmx:load", (event) => wire(event.detail.elt.parentElement || document));
})();
