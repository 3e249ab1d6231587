// The plan of a chapter: edited here, kept in this browser, and sent to the server only for preview or saving.
// `element` is its place on the page, `trigger` sends an event to the server, `watch` calls back when the server sends
// a value: titles by id, and sometimes a plan read from a file.
const KEY = "steward-chapter";
const MOST_STEPS = 50;
const LATER_MS = 250;
const EMPTY = { title: "", date: "", case_table: true, introduction: "", section: [] };
const BACK = "To go back, select “Undo last change”.";
const DAY = "The date on which web addresses were accessed. If empty, the date of saving.";
const OWN = "Leave an empty line between paragraphs. Start list items with a hyphen and a space.";
let titles = { case: {}, recommendation: {} };
let headings = { case: "", recommendation: "" };
let plan = structuredClone(EMPTY);
let target = 0;  // the section that cases and recommendations are added to
let stamp = null;
let timer = null;
let said = "";
const steps = [];  // earlier plans, newest last

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
const titleOf = (kind, id) => Object.hasOwn(titles[kind], id) ? titles[kind][id] : `${id} (not in the register)`;
const nameOf = (item) => kindOf(item) === "text" ? "Text" : titleOf(kindOf(item), item[kindOf(item)]);
const sectionName = (number) => [`section ${number + 1}`, plan.section[number].heading].filter(Boolean).join(", ");

function taken(text) {
  // Another page of the app or an older version may have stored anything.
  try {
    const found = JSON.parse(text);
    if (!found || !Array.isArray(found.section)) return null;
    const words = (name) => String(found[name] ?? "");
    return {
      title: words("title"),
      date: words("date"),
      case_table: found.case_table !== false,
      introduction: words("introduction"),
      section: found.section.filter((part) => part && Array.isArray(part.items)).map((part) => ({
        heading: String(part.heading ?? ""),
        items: part.items.filter((item) => item && ["text", "case", "recommendation"].includes(kindOf(item)))
          .map((item) => ({ [kindOf(item)]: String(item[kindOf(item)]) })),
      })),
    };
  } catch {
    return null;
  }
}

function keep() {
  const text = JSON.stringify(plan);
  element.dataset.plan = text;
  // If the browser forbids it, the plan lasts as long as the page.
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

// The control or, if it is disabled, the first enabled one beside it.
const enabled = (control) => control?.disabled ? control.parentElement.querySelector("button:not(:disabled)") : control;

// Changes the order or number of parts: `work` does it, and returns a message and the id of the control to focus after
// redrawing.
function change(work) {
  remember();
  const [words, next] = work();
  said = words;
  send();
  draw();
  enabled(document.getElementById(next))?.focus();
}

function undo() {
  plan = taken(steps.pop()) ?? plan;
  said = "Last change undone.";
  send();
  draw();
  (document.getElementById(steps.length ? "plan-undo" : "plan-title"))?.focus();
}

function labelled(label, box, hint = "") {
  const said = hint && make("p", { className: "remark", id: `${box.id}-hint`, textContent: hint });
  if (hint) box.setAttribute("aria-describedby", said.id);
  return make("div", { className: "field" }, make("label", { htmlFor: box.id, textContent: label }), said || "", box);
}

function field(label, id, value, most, write, lines = 1, hint = "") {
  const box = make(lines > 1 ? "textarea" : "input", { id, value, maxLength: most });
  if (lines > 1) box.rows = lines;
  box.addEventListener("focus", () => { box.before = JSON.stringify(plan); });
  box.addEventListener("input", () => {
    if (box.before) { steps.push(box.before); box.before = null; showUndo(); }
    write(box.value);
    send();
  });
  return labelled(label, box, hint);
}

const button = (id, words, about, onclick, disabled = false) =>
  make("button", { type: "button", id, disabled, textContent: words, onclick }, about ? hidden(about) : null);

const showUndo = () => document.getElementById("plan-undo")?.toggleAttribute("disabled", !steps.length);

// Moves an item one step up or down, into the next section at the edge of its own.
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
  const move = (by, control) => () => change(() => {
    const [section, at] = moveItem(number, place, by);
    return [`${about} moved to ${sectionName(section)}, item ${at + 1}.`, `plan-${section}-${at}-${control}`];
  });
  return make("p", { className: "tools" },
    button(`${id}-up`, "Move up", about, move(-1, "up"), first),
    button(`${id}-down`, "Move down", about, move(1, "down"), last),
    button(`${id}-remove`, "Remove", about, () => change(() => {
      plan.section[number].items.splice(place, 1);
      return [`${about} removed.`, `plan-${number}-heading`];
    })));
}

function drawItem(number, place, item) {
  const kind = kindOf(item);
  const shown = kind === "text"
    ? field(`Text, item ${place + 1} of section ${number + 1}`, `plan-${number}-${place}-text`, item.text, 20000,
        (value) => { item.text = value; }, 4)
    : make("p", {}, make("strong", { textContent: kind === "case" ? "Case: " : "Recommendation: " }), nameOf(item));
  return make("li", {}, shown, itemControls(number, place, item));
}

function drawSection(section, number) {
  const id = `plan-${number}`;
  const name = `section ${number + 1}`;
  const move = (by, control) => () => change(() => {
    const [moved] = plan.section.splice(number, 1);
    plan.section.splice(number + by, 0, moved);
    return [`Section ${number + 1} is now section ${number + by + 1}.`, `plan-${number + by}-${control}`];
  });
  const remove = () => change(() => {
    plan.section.splice(number, 1);
    return [`Section ${number + 1} removed.`, "plan-add-section"];
  });
  const addText = () => change(() => {
    section.items.push({ text: "" });
    return [`Text added to ${name}.`, `${id}-${section.items.length - 1}-text`];
  });
  return make("li", {}, make("fieldset", {},
    make("legend", { textContent: `Section ${number + 1}` }),
    field("Heading", `${id}-heading`, section.heading, 200, (value) => { section.heading = value; drawTargets(); }),
    make("p", { className: "tools" },
      button(`${id}-up`, "Move up", name, move(-1, "up"), number === 0),
      button(`${id}-down`, "Move down", name, move(1, "down"), number === plan.section.length - 1),
      button(`${id}-remove`, "Remove", name, remove)),
    section.items.length ? make("ol", {}, ...section.items.map((item, place) => drawItem(number, place, item))) : null,
    make("p", { className: "tools" }, button(`${id}-add-text`, "Add text", name, addText))));
}

function drawTargets() {
  const list = document.getElementById("plan-target");
  if (!list) return;
  const names = plan.section.map((_, number) => `S${sectionName(number).slice(1)}`);
  list.replaceChildren(...names.map((name, number) => make("option", { value: number, textContent: name })));
  list.value = target;
}

function checkbox() {
  const onchange = () => { remember(); plan.case_table = box.checked; send(); showUndo(); };
  const box = make("input", { type: "checkbox", id: "plan-table", checked: plan.case_table, onchange });
  return make("label", { className: "tick" }, box, " Add a table of the cases");
}

function fileField() {
  const onchange = async ({ target: { files: [file] } }) => {
    if (!file) return;
    box.value = "";
    // The file may have any size; the server checks it.
    trigger("upload", { name: file.name, text: await file.slice(0, 1000001).text() });
  };
  const box = make("input", { type: "file", id: "plan-file", accept: ".toml", onchange });
  return labelled("Load a plan file", box);
}

function draw() {
  const day = field("Date of the chapter", "plan-date", "", 10, (value) => { plan.date = value; }, 1, DAY);
  Object.assign(day.querySelector("input"), { type: "date", value: plan.date });
  const addSection = () => change(() => {
    target = plan.section.push({ heading: "", items: [] }) - 1;
    return [`Section ${target + 1} added.`, `plan-${target}-heading`];
  });
  const clear = () => change(() => {
    plan = structuredClone(EMPTY);
    return [`Plan cleared. ${BACK}`, "plan-title"];
  });
  const targets = make("select", { id: "plan-target", onchange: () => { target = Number(targets.value); } });
  const place = element.querySelector(".plan");
  target = Math.min(target, Math.max(plan.section.length - 1, 0));
  place.replaceChildren(
    make("h2", { textContent: "The plan" }),
    make("p", { className: "remark", textContent: "Your plan is kept in this browser until you clear it." }),
    make("p", { className: "remark", role: "status", textContent: said }),
    fileField(),
    field("Title", "plan-title", plan.title, 200, (value) => { plan.title = value; }),
    field("Introduction", "plan-introduction", plan.introduction, 20000, (value) => { plan.introduction = value; }, 4,
      OWN),
    day, checkbox(),
    make("ol", { className: "sections" }, ...plan.section.map(drawSection)),
    make("p", { className: "tools" },
      button("plan-add-section", "Add a section", "", addSection),
      button("plan-undo", "Undo last change", "", undo, !steps.length),
      button("plan-anew", "Clear the plan", "", clear)),
    plan.section.length ? labelled("Add cases and recommendations to", targets) : "");
  drawTargets();
}

function add(kind, id) {
  if (plan.section.some((section) => section.items.some((item) => item[kind] === id))) {
    said = `${titleOf(kind, id)} is already in the chapter.`;
    element.querySelector("[role=status]").textContent = said;
    return;
  }
  remember();
  if (!plan.section.length) plan.section.push({ heading: headings[kind], items: [] });
  const place = plan.section[target].items.push({ [kind]: id }) - 1;
  said = `${titleOf(kind, id)} added to ${sectionName(target)}.`;
  send();
  draw();
  // The list gives up focus once something is chosen from it.
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
    plan = taken(JSON.stringify(value.plan));
    target = 0;
    said = `Plan loaded. ${BACK}`;
  }
  send();
  draw();
});

plan = kept() ?? plan;
