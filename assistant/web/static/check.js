// Behaviour of a checked draft. `element` is its place on the page, `trigger` sends an event to the server and `watch`
// calls back when it is redrawn.
const EVENTS = { again: "clear", word: "download" };
const STEPS = { ArrowDown: 1, ArrowRight: 1, j: 1, ArrowUp: -1, ArrowLeft: -1, k: -1 };
const all = (selector) => [...element.querySelectorAll(selector)];
const beside = () => element.querySelector(".beside");
const chosen = () => element.querySelector(".sentence[aria-current]");
const offered = () => all(".sentence:not(.left-out)");

// Shows a sentence's verdict and evidence; only the chosen sentence is a stop of the Tab key.
function choose(sentence) {
  for (const other of all(".sentence")) {
    other.tabIndex = other === sentence ? 0 : -1;
    if (other === sentence) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
  }
  const note = element.querySelector(`.note[data-number="${sentence.dataset.number}"]`);
  for (const other of all(".note")) other.hidden = other !== note;
  const cards = note.dataset.cards.split(" ");
  for (const card of all(".cited")) card.hidden = !cards.includes(card.dataset.card);
  element.querySelector(".judged").textContent = `“${sentence.querySelector(".said").textContent}”`;
  const among = offered();
  element.querySelector(".at").textContent = `${among.indexOf(sentence) + 1} of ${among.length}`;
  beside().scrollTop = 0;
}

function step(by, place = chosen()) {
  const among = offered();
  const next = among[Math.min(Math.max(among.indexOf(place) + by, 0), among.length - 1)];
  if (next) choose(next);
  next?.scrollIntoView({ block: "nearest" });
  return next;
}

// Leaves the sentences with one verdict, or all of them.
function leave(verdict) {
  for (const button of all(".verdicts button")) button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
  for (const item of all(".sentence")) item.classList.toggle("left-out", Boolean(verdict) && item.dataset.verdict !== verdict);
  element.querySelector("[data-action=all]").hidden = !verdict;
  step(0, verdict ? null : chosen());
}

element.addEventListener("focusin", ({ target }) => { if (target.matches(".sentence")) choose(target); });

element.addEventListener("click", ({ target }) => {
  if (target.closest(".sentence")) return beside().classList.add("open");
  const button = target.closest("button");
  if (button?.dataset.verdict) leave(button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.verdict);
  if (button?.dataset.action === "all") {
    leave("");
    chosen().focus({ preventScroll: true });  // the button goes
  }
  if (button?.dataset.step) step(Number(button.dataset.step));
  if (button?.dataset.action === "close") beside().classList.remove("open");
  if (EVENTS[button?.dataset.action]) trigger(EVENTS[button.dataset.action], {});
});

element.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const sentence = event.target.closest(".sentence");
  if (sentence && STEPS[event.key]) step(STEPS[event.key])?.focus({ preventScroll: true });
  else if (sentence && [" ", "Enter"].includes(event.key)) {
    beside().classList.add("open");
    beside().focus({ preventScroll: true });
  } else if (event.key === "Escape" && event.target.closest(".beside, .sentence")) {
    beside().classList.remove("open");
    chosen()?.focus();
  } else return;
  event.preventDefault();
});

// What needs work most comes first; the verdicts are in that order.
watch("value", () => {
  const first = element.querySelector(".verdicts button");
  if (first) choose(element.querySelector(`.sentence[data-verdict="${first.dataset.verdict}"]`));
  beside()?.classList.add("open");
  element.querySelector(".top h2")?.focus();
});
