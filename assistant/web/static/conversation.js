// Behaviour of the conversation. `element` is its place on the page, `trigger` sends an event to the server and
// `watch` calls back when it is redrawn.
const EVENTS = { edit: "edit", retry: "retry", word: "download", markdown: "download", useful: "like", "not-useful": "like" };
let focused = null;
let returning = null;
let shown = element.querySelectorAll(".turn").length;

// Screen readers may miss announcements unless the live region exists beforehand.
document.querySelector(".message-place")?.setAttribute("aria-live", "polite");

// One Shift+Tab from the question box to the latest answer, instead of one for each control in it.
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

// The links work without script; this moves focus, and makes "back" lead to the mark that was followed.
function follow(link, event) {
  let target = document.getElementById(link.getAttribute("href").slice(1));
  if (link.classList.contains("mark")) returning = link;
  else if (returning?.isConnected && returning.getAttribute("href") === `#${link.closest("article").id}`) target = returning;
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  const panel = target.closest(".evidence");
  if (panel) {
    // Show the top of a card that does not fit, because it says who is speaking.
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
  button.setAttribute("aria-live", "polite");  // so that screen readers say "Copied"
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {  // no secure connection or permission: use the older way
    text.hidden = false;
    text.select();
    document.execCommand("copy");
    text.hidden = true;
    button.focus();
  }
  // Pressed twice quickly, it must not keep "Copied" as its own label.
  button.dataset.words ??= button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = button.dataset.words; }, 2000);
}

// A redrawn conversation has new elements: restore focus and show a new turn. After a conversation was closed or
// deleted, focus the question box.
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  if (turns.length > shown) turns[turns.length - 1].scrollIntoView({ block: "start" });
  if (shown && !turns.length) document.querySelector("#question textarea")?.focus();
  shown = turns.length;
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
});
