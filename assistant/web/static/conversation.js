// Behaviour of the conversation. `element` is its place on the page, `trigger` sends an event to the server and
// `watch` calls back when it is redrawn.
const EVENTS = { ask: "select", edit: "edit", retry: "retry", word: "download", markdown: "download", useful: "like", "not-useful": "like", earlier: "clear" };
let focused = null;
let returning = null;
let shown = [...element.querySelectorAll(".turn")].map((turn) => turn.id);

// Screen readers may miss announcements unless the live region exists beforehand.
document.querySelector(".message-place")?.setAttribute("aria-live", "polite");

// The card of a mark or sentence that the pointer or the keyboard is on stands out.
for (const [type, on] of [["focusin", true], ["focusout", false], ["mouseover", true], ["mouseout", false]]) {
  element.addEventListener(type, (event) => {
    if (type === "focusin") focused = event.target.id || null;
    const mark = event.target.closest("a.mark") ?? event.target.closest(".said :is(p, li, tr)")?.querySelector("a.mark");
    if (mark) document.getElementById(mark.hash.slice(1))?.classList.toggle("on", on);
  });
}

element.addEventListener("click", (event) => {
  const link = event.target.closest("a.mark, a.back");
  // "Back" leads to the very mark that was followed.
  if (link?.matches(".mark")) returning = link;
  else if (link && returning?.isConnected && returning.hash === `#${link.closest("article").id}`) {
    event.preventDefault();
    return returning.focus();
  }
  const button = event.target.closest("button[data-action]");
  const { action, turn } = button?.dataset ?? {};
  if (action === "earlier") focused = `${shown[0]}-question`;
  if (EVENTS[action]) trigger(EVENTS[action], { turn: Number(turn), action, reason: "", words: button.textContent });
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { dataset: { turn, liked }, elements: { kind, reason } } = event.target;
  const why = [kind?.value, reason.value.trim()].filter(Boolean).join(": ");
  trigger("like", { turn: Number(turn), action: liked === "true" ? "useful" : "not-useful", reason: why });
});

// A redrawn conversation has new elements: restore focus and show a new turn. After a conversation was closed or
// deleted, focus the question box.
watch("value", () => {
  const turns = [...element.querySelectorAll(".turn")].map((turn) => turn.id);
  const earlier = turns.length > shown.length && turns.at(-1) === shown.at(-1);
  if (turns.length && !shown.includes(turns.at(-1))) document.getElementById(turns.at(-1)).scrollIntoView({ block: "start" });
  if (shown.length && !turns.length) document.querySelector("#question textarea")?.focus();
  shown = turns;
  const box = document.querySelector("#question textarea");
  box.dataset.first ??= box.placeholder;
  box.placeholder = shown.length ? "Ask a follow-up, or something new" : box.dataset.first;
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: !earlier });
});
