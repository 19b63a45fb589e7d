// The server puts KIT before this: the version of the files, those that the shell needs, and the parts of this worker.
// Pages come from the server. Technicians' jobs are also saved, so that a whole job can be done without signal.
/* global KIT, kept, sendSteps, pages, posts */
importScripts(...KIT.parts);
const STATIC = `static-${KIT.version}`;
const OFFLINE = "/offline/";
// Fingerprinted files never change, so the kept copy is as good as the server's.
const FINGERPRINT = /\.[0-9a-f]{12}\.\w+$/;
let language = "";

async function keepOffline() {
  const cache = await caches.open(STATIC);
  const answer = await fetch(OFFLINE, { cache: "no-store" });
  if (!answer.ok) return;
  await cache.put(OFFLINE, answer.clone());
  const page = await answer.text();
  const files = [...page.matchAll(/(?:href|src)="([^"#]*\/static\/[^"#]+)/g)].map((match) => match[1]);
  await keepFiles(files);
}

async function keepFiles(files) {
  const cache = await caches.open(STATIC);
  await Promise.allSettled([...new Set(files)].map(async (file) => (await cache.match(file)) || cache.add(file)));
}

// Saved pages link the files of their time: those go when the pages were fetched anew.
async function dropOld() {
  const names = (await caches.keys()).filter((name) => name !== STATIC && name !== pages.name);
  if (!names.length || !(await pages.renew().catch(() => false))) return;
  await Promise.all(names.map((name) => caches.delete(name)));
}

async function staticFile(request) {
  const cache = await caches.open(STATIC);
  const copy = (await cache.match(request)) || (await caches.match(request));
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

const offlinePage = async () => (await (await caches.open(STATIC)).match(OFFLINE)) || Response.error();

// A form that was sent into the void: the offline page has a way back to it.
const sentPage = (request) => fetch(request).catch(offlinePage);

async function unanswered(error) { throw error; }

async function sync() {
  const { left, line } = await sendSteps();
  // The browser tries again by itself, later and later.
  if (left && !line) throw new Error("no line yet");
}

self.addEventListener("install", (event) => event.waitUntil(
  keepOffline().then(() => keepFiles(KIT.shell)).then(() => self.skipWaiting()),
));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(sync()));
self.addEventListener("message", (event) => {
  const { language: spoken, visited, controlled } = event.data || {};
  // Not while it is activated: pages would wait for that.
  event.waitUntil(dropOld());
  if (visited && !controlled) event.waitUntil(pages.visited(visited).catch(() => undefined));
  if (!spoken || spoken === language) return;
  language = spoken;
  event.waitUntil(keepOffline().catch(() => undefined));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const travels = request.mode === "navigate";
  if (posts.isStep(request)) event.respondWith(posts.post(event, travels ? offlinePage : unanswered));
  else if (travels && request.method === "GET") event.respondWith(pages.page(event, offlinePage));
  else if (travels) event.respondWith(sentPage(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(staticFile(request));
  else if (request.method === "GET" && url.pathname.startsWith("/files/")) event.respondWith(pages.photo(request));
});
