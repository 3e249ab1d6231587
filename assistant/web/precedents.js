// Behaviour of the cards of cases and recommendations. `element` is their place on the page, `trigger` sends an event to
// the server and `watch` calls back once they have been drawn anew.
let focused = null;
const opened = new Set();  // the summaries of what is open

element.addEventListener("toggle", (event) => {
  const title = event.target.querySelector("summary").textContent;
  if (event.target.open) opened.add(title); else opened.delete(title);
}, true);

element.addEventListener("focusin", (event) => { focused = event.target.id || null; });

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) trigger("select", { action: button.dataset.action, entry: button.dataset.id });
});

// Newly drawn cards are new elements: what was open opens again, and the focus goes back to where it was.
watch("value", () => {
  for (const details of element.querySelectorAll("details")) details.open = opened.has(details.firstElementChild.textContent);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
});
