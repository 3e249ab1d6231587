// The plan of a chapter is what the fields of its form say. This browser keeps it, and the server draws the form again
// with each change. `element` is its place on the page, and `trigger` has the server draw the preview.
const KEY = "steward-chapter";
const MOST_STEPS = 50;
const LATER_MS = 250;
const find = (selector) => element.querySelector(selector);
const steps = [];  // earlier plans, newest last
let plan;  // as it was kept last
let edited = null;  // the field that is being typed in
let held = null;  // while the server draws: the button that was pressed, and keys for the field that is focused then
let drawing = Promise.resolve();
let later;
let added = "";  // what was added last
let acted = true;  // whether the reader did anything since

// If the browser forbids it, the plan lasts as long as the page.
const kept = () => { try { return localStorage.getItem(KEY) ?? ""; } catch { return ""; } };

function current() {
  const form = find("form");
  if (!form) return kept();
  const { title, date, case_table: table, introduction } = form.elements;
  const section = [...form.querySelectorAll("fieldset")].map(({ elements: [heading, ...others] }) => (
    { heading: heading.value, items: others.filter(({ name }) => name).map(({ name, value }) => ({ [name]: value })) }));
  return JSON.stringify({ title: title.value, date: date.value || undefined, case_table: table.checked, introduction: introduction.value, section });
}

function keep() {
  plan = element.dataset.plan = current();
  try { localStorage.setItem(KEY, plan); } catch { }
  steps.splice(0, steps.length - MOST_STEPS);
  find("#plan-undo").disabled = !steps.length;
  clearTimeout(later);
  later = setTimeout(() => trigger("edit", { plan }), LATER_MS);
}

// Draws the plan `from` with what is asked for done to it, again if it was edited meanwhile.
async function draw(asked, from) {
  let sent, ok, text;
  held = { button: document.activeElement, keys: "" };
  do {
    const body = JSON.stringify({ ...asked, plan: sent = from(), target: find("#plan-target")?.value });
    [ok, text] = await fetch("/precedents/chapter", { method: "POST", body }).then(async (answer) => [answer.ok, await answer.text()])
      .catch(() => [false, "Steward cannot be reached. Try again in a moment."]);
  } while (ok && from() !== sent);
  const [{ keys }, before, place] = [held, current(), document.activeElement.id];
  held = null;
  if (ok) find(".drawn").innerHTML = text;
  const { said, focus, problem } = ok ? find("form").dataset : { problem: text };
  Object.assign(find("[role=alert]"), { hidden: !problem, textContent: problem });
  if (!ok) return;
  find("[role=status]").textContent = said;
  if (asked.action === "undo") steps.pop();
  else if (asked.action && current() !== before) steps.push(before);
  keep();
  const control = document.getElementById(focus || place);
  const next = control?.disabled ? control.parentElement.querySelector("button:not(:disabled)") : control;
  next?.focus();
  if (!keys || !next?.name) return;
  next.value += keys;
  keep();
}
const change = (asked, from = current) => { drawing = drawing.then(() => draw(asked, from)); };

element.addEventListener("click", ({ target, detail }) => {
  const button = target.closest("button");
  if (!button || (!detail && button === held?.button)) return;  // by a key that is down for long
  change({ ...button.dataset }, button.id === "plan-undo" ? () => steps.at(-1) ?? current() : current);
});
element.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (target !== held?.button || !target.matches("button") || key.length > 1 || ctrlKey || metaKey || altKey) return;
  event.preventDefault();
  held.keys += key;
});
element.addEventListener("focusin", () => { edited = null; });
element.addEventListener("input", ({ target }) => {
  if (!target.name) return;
  if (target !== edited) steps.push(plan);
  edited = target.type === "checkbox" ? null : target;
  keep();
  if (target.name !== "heading") return;
  const option = find("#plan-target").options[target.id.split("-")[1]];
  option.text = [option.text.split(",")[0], target.value].filter(Boolean).join(", ");
});
element.addEventListener("change", async ({ target }) => {
  const [file] = target.files ?? [];
  if (!file) return;
  const text = await file.slice(0, 1000001).text();  // it may have any size; the server checks it
  target.value = "";
  change({ action: "load", name: file.name, text });
});
element.addEventListener("add", (event) => {
  event.preventDefault();  // it has arrived
  const asked = JSON.stringify(event.detail);
  if (asked === added && !acted) return;  // Gradio's list may tell of one choice twice
  [added, acted] = [asked, false];
  change({ action: "add", ...event.detail });
});
for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => { acted = true; }, true);
addEventListener("storage", ({ key }) => {  // another page of this browser changed the plan
  if (key !== KEY || kept() === plan || !element.isConnected) return;
  clearTimeout(later);
  later = setTimeout(() => change({}, kept), LATER_MS);
});
change({});
