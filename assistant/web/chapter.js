// The plan of a chapter: edited here, kept in this browser, and sent to the server only to be shown or saved. `element`
// is its place on the page, `trigger` sends an event to the server, `watch` calls back when the server has sent a value:
// the register's titles by id, and sometimes a plan that was read from a file.
const KEY = "steward-chapter";
const MOST_STEPS = 50;
const LATER_MS = 250;
const EMPTY = { title: "", date: "", case_table: true, introduction: "", section: [] };
let titles = { case: {}, recommendation: {} };
let headings = { case: "", recommendation: "" };
let plan = structuredClone(EMPTY);
let target = 0;  // the section to which cases and recommendations are added
let stamp = null;
let timer = null;
let said = "";
const steps = [];  // earlier plans, the newest last

const make = (tag, fields = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) {
    if (name in made) made[name] = value; else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
};
const hidden = (words) => make("span", { className: "visually-hidden", textContent: `: ${words}` });
const kindOf = (item) => Object.keys(item)[0];
const nameOf = (item) => {
  const kind = kindOf(item);
  return kind === "text" ? "own text" : titles[kind][item[kind]] ?? `${item[kind]} (not in the register)`;
};
const sectionName = (number) => `section ${number + 1}${plan.section[number].heading ? `, ${plan.section[number].heading}` : ""}`;

function taken(text) {
  // What another page of the app or an older version kept may be anything.
  try {
    const found = JSON.parse(text);
    if (!found || !Array.isArray(found.section)) return null;
    const section = found.section.filter((part) => part && Array.isArray(part.items)).map((part) => ({
      heading: String(part.heading ?? ""),
      items: part.items.filter((item) => item && ["text", "case", "recommendation"].includes(kindOf(item))),
    }));
    return { ...structuredClone(EMPTY), ...found, section };
  } catch {
    return null;
  }
}

function keep() {
  const text = JSON.stringify(plan);
  element.dataset.plan = text;
  // A browser may forbid it; the plan is then kept as long as the page.
  try { localStorage.setItem(KEY, text); } catch { }
}

function kept() {
  try { return taken(localStorage.getItem(KEY)); } catch { return null; }
}

function remember() {
  steps.push(JSON.stringify(plan));
  if (steps.length > MOST_STEPS) steps.shift();
}

function send() {
  keep();
  clearTimeout(timer);
  timer = setTimeout(() => trigger("edit", { plan }), LATER_MS);
}

// A control, or the first beside it that can be used where it cannot.
const enabled = (control) => control?.disabled ? control.parentElement.querySelector("button:not(:disabled)") : control;

// A change of what stands where: drawn anew, with the keyboard put on the control `next`, by its id.
function change(words, next, work) {
  remember();
  work();
  said = words;
  target = Math.min(target, Math.max(plan.section.length - 1, 0));
  send();
  draw();
  enabled(document.getElementById(next))?.focus();
}

function undo() {
  plan = taken(steps.pop()) ?? plan;
  said = "The last change is undone.";
  send();
  draw();
  (document.getElementById(steps.length ? "plan-undo" : "plan-title"))?.focus();
}

function field(label, id, value, most, write, lines = 1) {
  const box = make(lines > 1 ? "textarea" : "input", { id, value, maxLength: most });
  if (lines > 1) box.rows = lines;
  box.addEventListener("focus", () => { box.before = JSON.stringify(plan); });
  box.addEventListener("input", () => {
    if (box.before) { steps.push(box.before); box.before = null; showUndo(); }
    write(box.value);
    send();
  });
  return make("div", { className: "field" }, make("label", { htmlFor: id, textContent: label }), box);
}

function button(id, words, about, work, disabled = false) {
  const made = make("button", { type: "button", id, disabled, textContent: words });
  if (about) made.append(hidden(about));
  made.addEventListener("click", work);
  return made;
}

function showUndo() {
  const made = document.getElementById("plan-undo");
  if (made) made.disabled = !steps.length;
}

// One step up or down, over the border of a section where it stands there already.
function moveItem(number, place, by) {
  const [item] = plan.section[number].items.splice(place, 1);
  const to = place + by;
  if (to >= 0 && to <= plan.section[number].items.length) {
    plan.section[number].items.splice(to, 0, item);
    return [number, to];
  }
  const items = plan.section[number + by].items;
  items.splice(by < 0 ? items.length : 0, 0, item);
  return [number + by, by < 0 ? items.length - 1 : 0];
}

function itemControls(number, place, item) {
  const id = `plan-${number}-${place}`;
  const about = nameOf(item);
  const first = number === 0 && place === 0;
  const last = number === plan.section.length - 1 && place === plan.section[number].items.length - 1;
  const move = (by, words) => () => {
    remember();
    const [section, at] = moveItem(number, place, by);
    steps.pop();
    change(`${about}: now in ${sectionName(section)}, place ${at + 1}.`, `plan-${section}-${at}-${words}`, () => { });
  };
  return make("p", { className: "tools" },
    button(`${id}-up`, "Move up", about, move(-1, "up"), first),
    button(`${id}-down`, "Move down", about, move(1, "down"), last),
    button(`${id}-remove`, "Remove", about, () => change(`${about}: removed.`, `plan-${number}-heading`, () => {
      plan.section[number].items.splice(place, 1);
    })));
}

function drawItem(number, place, item) {
  const kind = kindOf(item);
  const shown = kind === "text"
    ? field(`Own text, item ${place + 1} of section ${number + 1}`, `plan-${number}-${place}-text`, item.text, 20000,
        (value) => { item.text = value; }, 4)
    : make("p", {}, make("strong", { textContent: kind === "case" ? "Case: " : "Recommendation: " }), nameOf(item));
  return make("li", {}, shown, itemControls(number, place, item));
}

function drawSection(section, number) {
  const id = `plan-${number}`;
  const move = (by, words) => () => change(`Section ${number + 1}: now section ${number + by + 1}.`, `plan-${number + by}-${words}`, () => {
    const [moved] = plan.section.splice(number, 1);
    plan.section.splice(number + by, 0, moved);
  });
  return make("li", {}, make("fieldset", {},
    make("legend", { textContent: `Section ${number + 1}` }),
    field("Heading", `${id}-heading`, section.heading, 200, (value) => { section.heading = value; drawTargets(); }),
    make("p", { className: "tools" },
      button(`${id}-up`, "Move up", `section ${number + 1}`, move(-1, "up"), number === 0),
      button(`${id}-down`, "Move down", `section ${number + 1}`, move(1, "down"), number === plan.section.length - 1),
      button(`${id}-remove`, "Remove", `section ${number + 1}`, () => change(`Section ${number + 1}: removed.`, "plan-add-section", () => {
        plan.section.splice(number, 1);
      }))),
    section.items.length ? make("ol", {}, ...section.items.map((item, place) => drawItem(number, place, item))) : null,
    make("p", { className: "tools" }, button(`${id}-add-text`, "Add own text", `section ${number + 1}`, () => {
      change(`Own text: added to section ${number + 1}.`, `plan-${number}-${section.items.length}-text`, () => section.items.push({ text: "" }));
    }))));
}

function drawTargets() {
  const list = document.getElementById("plan-target");
  if (!list) return;
  list.replaceChildren(...plan.section.map((_, number) => make("option", { value: number, textContent: `S${sectionName(number).slice(1)}` })));
  list.value = target;
}

function checkbox() {
  const box = make("input", { type: "checkbox", id: "plan-table", checked: plan.case_table });
  box.addEventListener("change", () => { remember(); plan.case_table = box.checked; send(); showUndo(); });
  return make("label", { className: "tick" }, box, " Add a table of the cases");
}

function fileField() {
  const box = make("input", { type: "file", id: "plan-file", accept: ".toml" });
  box.addEventListener("change", async () => {
    const [file] = box.files;
    if (!file) return;
    box.value = "";
    // A file of any size may be chosen; the server says how much a plan may have.
    trigger("upload", { name: file.name, text: await file.slice(0, 1000001).text() });
  });
  return make("div", { className: "field" }, make("label", { htmlFor: "plan-file", textContent: "Load a plan file" }), box);
}

function draw() {
  const day = field("Date of the chapter (today where it is empty)", "plan-date", "", 10, (value) => { plan.date = value; });
  Object.assign(day.querySelector("input"), { type: "date", value: plan.date ?? "" });
  const targets = make("select", { id: "plan-target" });
  targets.addEventListener("change", () => { target = Number(targets.value); });
  const place = element.querySelector(".plan");
  place.replaceChildren(
    make("h2", { textContent: "The plan" }),
    make("p", { className: "remark", textContent: "It is kept in this browser until you start anew." }),
    make("p", { className: "remark", role: "status", textContent: said }),
    fileField(),
    field("Title", "plan-title", plan.title, 200, (value) => { plan.title = value; }),
    field("Introduction (paragraphs stand apart by an empty line; lines of a list begin with a hyphen)", "plan-introduction",
      plan.introduction, 20000, (value) => { plan.introduction = value; }, 4),
    day, checkbox(),
    make("ol", { className: "sections" }, ...plan.section.map(drawSection)),
    make("p", { className: "tools" },
      button("plan-add-section", "Add a section", "", () => change(`Section ${plan.section.length + 1}: added.`,
        `plan-${plan.section.length}-heading`, () => { target = plan.section.push({ heading: "", items: [] }) - 1; })),
      button("plan-undo", "Undo the last change", "", undo, !steps.length),
      button("plan-anew", "Start anew", "", () => change("The plan is empty. “Undo the last change” brings it back.", "plan-title",
        () => { plan = structuredClone(EMPTY); }))),
    plan.section.length
      ? make("div", { className: "field" }, make("label", { htmlFor: "plan-target", textContent: "Add cases and recommendations to" }), targets)
      : null);
  drawTargets();
}

function add(kind, id) {
  if (plan.section.some((section) => section.items.some((item) => item[kind] === id))) {
    said = `${titles[kind][id] ?? id}: stands in the chapter already.`;
    element.querySelector("[role=status]").textContent = said;
    return;
  }
  remember();
  if (!plan.section.length) plan.section.push({ heading: headings[kind], items: [] });
  const place = plan.section[target].items.push({ [kind]: id }) - 1;
  said = `${titles[kind][id] ?? id}: added to ${sectionName(target)}.`;
  send();
  draw();
  // The list lets go of the keyboard once something is chosen from it.
  setTimeout(() => enabled(document.getElementById(`plan-${target}-${place}-up`)).focus());
}

element.addEventListener("add", (event) => add(event.detail.kind, event.detail.id));

addEventListener("storage", (event) => {
  if (event.key !== KEY || event.newValue === element.dataset.plan) return;
  plan = kept() ?? structuredClone(EMPTY);
  send();
  draw();
});

watch("value", () => {
  const value = props.value;
  if (!value || value.stamp === stamp) return;
  stamp = value.stamp;
  ({ titles, headings } = value);
  if (value.plan) {
    remember();
    plan = value.plan;
    target = 0;
    said = "The plan was loaded. “Undo the last change” brings the earlier one back.";
  }
  send();
  draw();
});

plan = kept() ?? plan;
