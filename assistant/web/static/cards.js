// Behaviour of cards, pictures and lists. `element` is their place on the page, `trigger` sends an event to the server
// and `watch` calls back when they are redrawn.
const EVENTS = { follow: "click", all: "clear" };  // every other action is a choice
let focused = null;
let arrived = null;  // the address of the case or recommendation opened alone
const opened = new Set();  // the summaries of open details

element.addEventListener("toggle", (event) => {
  const title = event.target.querySelector("summary").textContent;
  if (event.target.open) opened.add(title); else opened.delete(title);
}, true);

element.addEventListener("focusin", (event) => { focused = event.target.id || null; });

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-action]");
  if (!target || (target.matches("a") && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
  if (target.matches("a")) event.preventDefault();
  const { action, id } = target.dataset;
  trigger(EVENTS[action] ?? "select", { action, entry: id, words: target.textContent });
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("select", { action: "rename", words: event.target.elements.title.value });
});

element.addEventListener("input", ({ target }) => {
  if (target.type !== "search") return;
  const words = target.value.toLowerCase();
  for (const item of element.querySelectorAll("li")) item.hidden = !item.textContent.toLowerCase().includes(words);
});

// The page's address names what is opened alone, so that it can be shared and reloaded.
function name(address, kind) {
  const held = new URLSearchParams(location.search).has(kind);
  if (address || held) history.replaceState(null, "", (address ?? "?tab=precedents") + location.hash);
}

// Redrawn cards are new elements: reopen details and restore focus.
watch("value", () => {
  for (const details of element.querySelectorAll("details")) details.open = opened.has(details.firstElementChild.textContent);
  const list = element.querySelector("[data-names]");
  const alone = element.querySelector("[data-address]");
  if (list) name(alone?.dataset.address, list.dataset.names);
  if (alone && alone.dataset.address !== arrived) alone.focus();
  else if (focused && document.activeElement === document.body) {
    // If the pressed control is gone, focus the heading.
    (document.getElementById(focused) ?? element.querySelector("h2[tabindex]"))?.focus({ preventScroll: true });
  }
  arrived = alone?.dataset.address ?? null;
});
