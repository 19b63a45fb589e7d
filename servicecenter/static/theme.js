// Runs before the first paint, so that a dark room never sees a white flash.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "";
    try { choice = localStorage.getItem("theme") || ""; } catch { /* storage is closed: follow the device */ }
    root.dataset.bsTheme = choice || (dark.matches ? "dark" : "light");
  };
  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  addEventListener("theme", apply);
})();
