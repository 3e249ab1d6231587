// Behaviour of cards, pictures and lists. `element` is their place on the page, `trigger` sends an event to the server
// and `watch` calls back when they are redrawn.
let focused = null;
let arrived = null;  // the address of the case or recommendation that is open
const opened = new Set();  // the summaries of open details

element.addEventListener("toggle", (event) => {
  const title = event.target.querySelector("summary").textContent;
  if (event.target.open) opened.add(title); else opened.delete(title);
}, true);

element.addEventListener("focusin", (event) => { focused = event.target.id || null; });

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-action]");
  if (!target || target.dataset.action === "copy") return;
  const { action, id, event: name = "select" } = target.dataset;
  trigger(name, { action, entry: id, words: target.textContent });
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

// Redrawn cards are new elements: reopen details, restore focus, and mark what is open and picked elsewhere.
function drawn() {
  const alone = element.querySelector("[data-address]");
  const address = alone?.dataset.address ?? null;
  if (address !== arrived) opened.clear();
  for (const details of element.querySelectorAll("details")) details.open = opened.has(details.firstElementChild.textContent);
  if (alone && address !== arrived) {
    alone.focus({ preventScroll: true });
    // Beside the list it is in sight already.
    if (getComputedStyle(alone.closest(".pane") ?? alone).position !== "sticky") alone.scrollIntoView({ block: "nearest" });
  } else if (arrived && !alone) {
    document.querySelector(`.case-row a[href="${CSS.escape(arrived)}"]`)?.focus();
  } else if (focused && document.activeElement === document.body) {
    // If the pressed control is gone, focus the heading.
    (document.getElementById(focused) ?? element.querySelector("h2[tabindex]"))?.focus({ preventScroll: true });
  }
  arrived = address;
  const shown = document.querySelector(".pane [data-address]")?.dataset.address;
  for (const link of document.querySelectorAll(".case-row a")) {
    link.ariaCurrent = link.getAttribute("href") === shown ? "true" : null;
  }
  for (const button of document.querySelectorAll("[data-action=shortlist][aria-pressed]")) {
    button.ariaPressed = document.querySelector(`.shortlist [data-id="${button.dataset.id}"]`) !== null;
  }
}
watch("value", drawn);
drawn();
