// What a phone keeps while there is no signal: steps that wait to be sent, and facts (whose phone it is now).
// Shared by the pages and the service worker.
(() => {
  const NAME = "field";
  let opened = null;

  function open() {
    opened = opened || new Promise((done, fail) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("steps", { keyPath: "key" }).createIndex("reader", "reader");
        asked.result.createObjectStore("facts");
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        done(asked.result);
      };
      asked.onerror = () => { opened = null; fail(asked.error); };
    });
    return opened;
  }

  // Done when it is on the disk, not before: the phone may be switched off the next moment.
  async function within(name, mode, work) {
    const database = await open();
    return new Promise((done, fail) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = () => fail(transaction.error);
      transaction.onabort = () => fail(transaction.error);
    });
  }

  const changed = new BroadcastChannel("field-steps");
  const tell = () => changed.postMessage("changed");

  self.kept = {
    // The steps of one person, in the order in which they were taken. Nobody sees another one's.
    async steps(reader) {
      if (!reader) return [];
      const all = await within("steps", "readonly", (store) => store.index("reader").getAll(reader));
      return all.sort((one, other) => one.order - other.order);
    },
    async put(step) { await within("steps", "readwrite", (store) => store.put(step)); tell(); },
    async drop(key) { await within("steps", "readwrite", (store) => store.delete(key)); tell(); },
    fact: (name) => within("facts", "readonly", (store) => store.get(name)),
    setFact: (name, value) => within("facts", "readwrite", (store) => store.put(value, name)),
  };
})();
