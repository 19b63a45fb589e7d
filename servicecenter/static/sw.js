// Conservative on purpose: pages always come from the server. Only the offline page and static files are kept.
const CACHE = "static-1";
const OFFLINE = "/offline/";
// Fingerprinted files never change, so the kept copy is as good as the server's.
const FINGERPRINT = /\.[0-9a-f]{12}\.\w+$/;
let language = "";

async function keepOffline() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(OFFLINE, { cache: "no-store" });
  if (!answer.ok) return;
  await cache.put(OFFLINE, answer.clone());
  const page = await answer.text();
  const files = [...page.matchAll(/(?:href|src)="([^"#]*\/static\/[^"#]+)/g)].map((match) => match[1]);
  await Promise.allSettled([...new Set(files)].map((file) => cache.add(file)));
}

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

async function staticFile(request) {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(request);
  if (copy && FINGERPRINT.test(new URL(request.url).pathname)) return copy;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) || Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(keepOffline().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => self.clients.claim())));
self.addEventListener("message", (event) => {
  if (!event.data || event.data.language === language) return;
  language = event.data.language;
  event.waitUntil(keepOffline().catch(() => undefined));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // A form that was sent into the void, too: the offline page has a way back to it.
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(staticFile(request));
});
