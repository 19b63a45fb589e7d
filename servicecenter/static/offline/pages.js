// Saved pages of the service worker: the jobs of today, and every open job with the forms of the steps that may follow.
/* global KIT, kept, reach */
(() => {
  const PAGES = "pages";
  const SAVED = /^\/field\/(?:waiting\/|sites\/|(?:jobs|sites)\/[^/]+\/)?$/;
  const JOB = /^\/field\/(?:jobs|sites)\/[^/]+\/$/;
  // The lists, and whose pages each of them names.
  const LISTS = { "/field/": "/field/jobs/", "/field/sites/": "/field/sites/" };
  const PATIENCE = 6000;
  // Where one signs in, and what engineers read: nobody else's page is looked into.
  const OURS = /^\/(?:login|field)\//;

  async function find(path) {
    const reader = await kept.fact("reader");
    if (!reader) return null;
    const copy = await (await caches.open(PAGES)).match(path);
    return copy && copy.headers.get("X-Reader") === reader ? copy : null;
  }

  // Another person on the same phone: what was saved for the one before goes; what waits to be sent stays theirs.
  async function become(reader) {
    if (reader === (await kept.fact("reader") || "")) return;
    await caches.delete(PAGES);
    await kept.setFact("reader", reader);
  }

  async function put(path, answer, text, reader, mark = "") {
    const html = text.replace("<html ", `<html data-saved-at="${new Date().toISOString()}" `);
    const headers = { "Content-Type": "text/html; charset=utf-8", "X-Reader": reader, "X-Mark": mark, "X-Kit": KIT.version };
    const policy = answer.headers.get("Content-Security-Policy");
    if (policy) headers["Content-Security-Policy"] = policy;
    await (await caches.open(PAGES)).put(path, new Response(html, { headers }));
  }

  // Saved as it is now, and with the files of this version, without which it would be bare.
  const isFresh = (copy, mark) => Boolean(copy) && copy.headers.get("X-Mark") === mark && copy.headers.get("X-Kit") === KIT.version;

  // A job is saved as the page that needs no line: it has the forms of all steps that may follow.
  async function ahead(link, reader, language, force) {
    const path = new URL(link, location.href).pathname.replace(/ahead\/$/, "");
    const cache = await caches.open(PAGES);
    if (!force && isFresh(await cache.match(path), `${link} ${language}`)) return;
    const answer = await fetch(link, { cache: "no-store", redirect: "manual" });
    if (!answer.ok) return;
    const text = await answer.text();
    await put(path, answer, text, reader, `${link} ${language}`);
    const photos = [...text.matchAll(/src="(\/files\/[^"]+)"/g)].map((match) => match[1]);
    await Promise.allSettled(photos.map((photo) => cache.add(photo)));
  }

  // What is asked for without signal although nobody may have opened it with one.
  async function basics(reader, language) {
    for (const path of ["/field/", "/field/waiting/", "/field/sites/"]) {
      const copy = await (await caches.open(PAGES)).match(path);
      if (isFresh(copy, language)) continue;
      const answer = await fetch(path, { cache: "no-store", redirect: "manual" });
      if (!answer.ok) continue;
      const text = await answer.text();
      await put(path, answer, text, reader, language);
      for (const link of linksOf(text)) await ahead(link, reader, language, false).catch(() => undefined);
    }
  }

  const linksOf = (text) => [...new Set([...text.matchAll(/data-ahead="([^"]+)"/g)].map((match) => match[1].replaceAll("&amp;", "&")))];

  async function forgetOthers(links, below) {
    const open = new Set(links.map((link) => new URL(link, location.href).pathname.replace(/ahead\/$/, "")));
    const cache = await caches.open(PAGES);
    const gone = (await cache.keys()).map((each) => new URL(each.url).pathname).filter((path) => JOB.test(path) && path.startsWith(below) && !open.has(path));
    await Promise.all(gone.map((path) => cache.delete(path)));
  }

  // After each page that came from the server: who reads it, and what of it may be needed without a line.
  async function keep(path, answer) {
    if (path.startsWith("/login/")) return become("");
    const text = await answer.text();
    const reader = (text.match(/data-reader="(\d+)"/) || [])[1];
    if (!reader) return undefined;
    await become(reader);
    if (!SAVED.test(path)) return undefined;
    const links = linksOf(text);
    const language = (text.match(/<html[^>]* lang="([^"]+)"/) || [])[1] || "";
    if (!JOB.test(path)) await put(path, answer, text, reader, language);
    await basics(reader, language);
    if (LISTS[path]) await forgetOthers(links, LISTS[path]);
    for (const link of links) await ahead(link, reader, language, JOB.test(path)).catch(() => undefined);
    return undefined;
  }

  // The server first. The saved copy where there is no answer, or none in time.
  async function page(event, otherwise) {
    const { pathname } = new URL(event.request.url);
    const copy = SAVED.test(pathname) ? await find(pathname) : null;
    try {
      const answer = await reach(event.request, copy ? PATIENCE : 0);
      if (answer.ok && !answer.redirected && OURS.test(pathname)) {
        const second = answer.clone();
        event.waitUntil(keep(pathname, second).catch(() => undefined));
      }
      return answer;
    } catch {
      return copy || otherwise();
    }
  }

  async function photo(request) {
    try { return await fetch(request); } catch (error) {
      const copy = await (await caches.open(PAGES)).match(request.url);
      if (copy) return copy;
      throw error;
    }
  }

  // A page that was open before the worker was there.
  async function visited(path) {
    const answer = await fetch(path, { cache: "no-store", redirect: "manual" });
    if (answer.ok) await keep(path, answer);
  }

  // After an update: everything anew. Whether all that is saved now has the files of this version.
  async function renew() {
    if (!(await kept.fact("reader"))) return true;
    await visited("/field/");
    const cache = await caches.open(PAGES);
    const copies = await Promise.all((await cache.keys()).map((each) => cache.match(each)));
    return copies.every((copy) => !copy.headers.has("X-Kit") || copy.headers.get("X-Kit") === KIT.version);
  }

  self.pages = { name: PAGES, page, photo, visited, renew };
})();
