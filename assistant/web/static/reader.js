// The reader of documents. `element` is its place on the page, `trigger` sends an event to the server. What it shows is
// what the page's address names.
let wanted = null;
let filled = null;  // a promise: all parts of the document are there
let found = [];
let at = -1;
const find = (selector) => element.querySelector(selector);

const get = async (address) => {
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok) return answer.text();
  const message = document.createElement("p");
  Object.assign(message, { className: "message", role: "alert" });
  message.textContent = answer ? await answer.text() : "Steward cannot be reached. Try again in a moment.";
  return message.outerHTML;
};

const open = async () => {
  const view = new URLSearchParams(location.search);
  if (view.get("tab") !== "library") return;
  const name = view.get("document");
  const query = new URLSearchParams([...view].filter(([key]) => ["form", "at"].includes(key)));
  const address = name && `/sources/${encodeURIComponent(name)}/text?${query}`;
  if (address === wanted) return;
  wanted = address;
  search("");
  element.innerHTML = name ? "<p role=status>Opening the document…</p>" : "";
  if (!name) return;
  const text = await get(address);
  if (wanted !== address) return;
  element.innerHTML = text.includes("<article") ? text : `<p><a href="?tab=library">All documents</a></p>${text}`;
  if (innerWidth < 1100) find("nav details")?.removeAttribute("open");
  find("h2")?.focus({ preventScroll: true });
  const quoted = find(".text mark");
  scrollTo(0, 0);
  quoted?.scrollIntoView({ block: "center" });
  filled = fill(address, quoted);
};

const fill = async (address, quoted) => {
  const here = scrollY;
  for (const part of element.querySelectorAll(".part:empty")) {
    const text = await get(`${address}&part=${part.dataset.part}`);
    if (wanted !== address) return;
    part.innerHTML = text;
  }
  if (scrollY === here) quoted?.scrollIntoView({ block: "center" });
};

const SAME = ["'’‘", '"“”', "-–—‑"];  // how else a mark may be written

const search = async (words) => {
  await filled;
  found = [];
  at = -1;
  const pattern = words.trim().replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
  const loose = SAME.reduce((text, marks) => text.replace(new RegExp(`[${marks}]`, "g"), `[${marks}]`), pattern);
  for (const block of loose ? element.querySelectorAll(".text :is(h3, h4, h5, h6, p, li, td, th, blockquote):not(details *)") : []) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".page, sup")) nodes.push(walker.currentNode);
    const place = (offset) => {
      for (const node of nodes) {
        if (offset <= node.length) return [node, offset];
        offset -= node.length;
      }
    };
    for (const match of nodes.map((node) => node.data).join("").matchAll(new RegExp(loose, "gi"))) {
      const range = new Range();
      range.setStart(...place(match.index));
      range.setEnd(...place(match.index + match[0].length));
      found.push(range);
    }
  }
  globalThis.CSS.highlights?.set("found", new Highlight(...found));
  for (const button of element.querySelectorAll("form button")) button.hidden = !found.length;
  step(found.length ? 1 : 0, words);
};

const step = (by, words = find("form input")?.value) => {
  at = found.length ? (at + by + found.length) % found.length : -1;
  const output = find("form output");
  if (output) output.textContent = !words?.trim() ? "" : found.length ? `${at + 1} of ${found.length}` : "Not found";
  CSS.highlights?.set("found-now", new Highlight(...found.slice(at, at + 1).filter(() => by)));
  if (by && found[at]) found[at].startContainer.parentElement.scrollIntoView({ block: "center" });
};

element.addEventListener("input", (event) => search(event.target.value));
element.addEventListener("submit", (event) => { event.preventDefault(); step(1); });
element.addEventListener("click", async (event) => {
  const { step: by, action } = event.target.closest("[data-step], [data-action]")?.dataset ?? {};
  const heading = event.target.closest("nav a[href^='#section']")?.hash;
  if (by) return step(Number(by));
  if (action && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    trigger("select", { entry: find("article").dataset.id });
  } else if (heading) {
    event.preventDefault();
    await filled;
    find(heading).focus({ preventScroll: true });
    find(heading).scrollIntoView();
  }
});
addEventListener("popstate", open);
open();
