// The gate: reads a QR code where the browser can, takes the code after the # of an address, waits for the signal.
(() => {
  const form = document.querySelector(".gate-form");
  if (!form) return;
  const field = form.elements.code;
  const offline = document.querySelector("[data-gate-offline]");
  const LOOK_EVERY = 250;
  let waiting = false;

  // The slip carries the address of this page with the code behind the #; a bare code is one, too.
  function codeIn(text) {
    return decodeURIComponent(String(text).split("#").pop() || "").trim().slice(0, 64);
  }

  function send(code) {
    field.value = code;
    form.requestSubmit();
  }

  // Without a connection nothing is lost and nothing is let out: the code waits in its field.
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    waiting = true;
    offline.hidden = false;
  });
  window.addEventListener("online", () => {
    offline.hidden = true;
    if (waiting) form.requestSubmit();
    waiting = false;
  });
  window.addEventListener("offline", () => { offline.hidden = false; });

  if (location.hash.length > 1) {
    const code = codeIn(location.hash);
    // The code leaves the address, so that it stays in no history.
    history.replaceState(null, "", location.pathname);
    send(code);
    return;
  }

  async function scan(video, start) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    start.hidden = true;
    await video.play();
    const timer = setInterval(async () => {
      const found = await detector.detect(video).catch(() => []);
      if (!found.length) return;
      clearInterval(timer);
      stream.getTracks().forEach((track) => track.stop());
      send(codeIn(found[0].rawValue));
    }, LOOK_EVERY);
  }

  const box = document.querySelector("[data-gate]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const start = box.querySelector("[data-gate-start]");
  box.hidden = false;
  start.addEventListener("click", () => {
    // No camera, or it was not allowed: typing is always there.
    scan(box.querySelector("video"), start).catch(() => { box.hidden = true; field.focus(); });
  });
})();
