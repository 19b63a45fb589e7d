// Installs the service worker: the offline page and our files; for engineers also their jobs (see offline/).
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").then(async () => {
    // The offline page speaks the language of the last visit.
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ language: document.documentElement.lang });
  }).catch(() => { /* private mode or plain HTTP: everything works without it */ });
}
