// Behaviour of the conversation. `element` is its place on the page, `trigger` sends an event to the server and
// `watch` calls back once a new conversation has been drawn.
const EVENTS = { edit: "edit", retry: "retry", word: "download", markdown: "download", useful: "like", "not-useful": "like" };
let focused = null;
let returning = null;
let shown = element.querySelectorAll(".turn").length;

// What is said of an answer must come into a region that a screen reader already knows, or it may stay unheard.
document.querySelector(".message-place")?.setAttribute("aria-live", "polite");

// From the question one step back leads to the newest answer; without this link it takes one for each thing in it.
const newest = document.createElement("a");
newest.className = "to-answer";
newest.href = "#question";
newest.textContent = "Go to the latest answer";
newest.addEventListener("click", (event) => {
  event.preventDefault();
  const question = [...element.querySelectorAll(".turn > .question")].pop();
  question?.focus({ preventScroll: true });
  question?.scrollIntoView({ block: "start" });
});
element.after(newest);

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
  const panel = target.closest(".evidence");
  if (panel) {
    // The top of a card that is longer than its place: who says it comes first.
    panel.scrollTop += target.getBoundingClientRect().top - panel.getBoundingClientRect().top - 8;
    const scrolls = panel.scrollHeight > panel.clientHeight;
    (scrolls ? panel : target).scrollIntoView({ block: scrolls ? "nearest" : "start" });
  } else target.scrollIntoView({ block: "nearest" });
  element.querySelectorAll(".reached").forEach((item) => item.classList.remove("reached"));
  void target.offsetWidth;
  target.classList.add("reached");
}

async function copy(button) {
  const text = button.parentElement.querySelector(".copied");
  button.setAttribute("aria-live", "polite");  // "Copied" is to be heard
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {  // no secure connection, or not allowed: the older way
    text.hidden = false;
    text.select();
    document.execCommand("copy");
    text.hidden = true;
    button.focus();
  }
  // Pressed again meanwhile, it still has its own words to go back to.
  button.dataset.words ??= button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = button.dataset.words; }, 2000);
}

// A newly drawn conversation has new elements: the focus goes back to where it was, and a new turn comes into view.
// Where a conversation was left or deleted, the next thing to do is to ask.
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  if (turns.length > shown) turns[turns.length - 1].scrollIntoView({ block: "start" });
  if (shown && !turns.length) document.querySelector("#question textarea")?.focus();
  shown = turns.length;
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
});
