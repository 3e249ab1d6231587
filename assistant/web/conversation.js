// Behaviour of the conversation. `element` is its place on the page, `trigger` sends an event to the server and
// `watch` calls back once a new conversation has been drawn.
const EVENTS = { edit: "edit", retry: "retry", word: "download", markdown: "download", useful: "like", "not-useful": "like" };
let focused = null;
let returning = null;
let shown = element.querySelectorAll(".turn").length;

element.addEventListener("focusin", (event) => { focused = event.target.id || null; });

element.addEventListener("click", (event) => {
  const link = event.target.closest("a.mark, a.back");
  if (link) return follow(link, event);
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  const action = button.dataset.action;
  if (action === "copy") return copy(button);
  trigger(EVENTS[action], { turn: Number(button.dataset.turn), action, reason: "" });
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const action = form.dataset.liked === "true" ? "useful" : "not-useful";
  trigger("like", { turn: Number(form.dataset.turn), action, reason: form.elements.reason.value });
});

// The links work as they are; here the focus follows, and "back" leads to the very mark that was followed.
function follow(link, event) {
  let target = document.getElementById(link.getAttribute("href").slice(1));
  if (link.classList.contains("mark")) returning = link;
  else if (returning?.isConnected && returning.getAttribute("href") === `#${link.closest("article").id}`) target = returning;
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
  target.classList.remove("reached");
  void target.offsetWidth;
  target.classList.add("reached");
}

async function copy(button) {
  const text = button.parentElement.querySelector(".copied");
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {  // no secure connection, or not allowed: the older way
    text.hidden = false;
    text.select();
    document.execCommand("copy");
    text.hidden = true;
    button.focus();
  }
  const words = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 2000);
}

// A newly drawn conversation has new elements: the focus goes back to where it was, and a new turn comes into view.
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  if (turns.length > shown) turns[turns.length - 1].scrollIntoView({ block: "start" });
  shown = turns.length;
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
});
