// Behaviour of the form of a case. `element` is the list of problems, with a message for each field; `trigger` sends an
// event to the server and `watch` calls back when the list is redrawn.
const inputs = (block) => [...block.querySelectorAll("input, textarea")];

// Shows each message beside its field too, as the field's description.
const show = () => {
  for (const old of document.querySelectorAll(".field-problem")) {
    for (const input of document.querySelectorAll(`[aria-describedby="${old.id}"]`)) {
      input.removeAttribute("aria-describedby");
      input.removeAttribute("aria-invalid");
    }
    old.remove();
  }
  for (const item of element.querySelectorAll("[data-field]")) {
    const block = document.getElementById(`contribute-${item.dataset.field}`);
    if (!block) continue;
    const id = `problem-${item.dataset.field}`;
    const place = document.getElementById(id) ?? document.createElement("p");
    place.id = id;
    place.className = "field-problem";
    place.textContent = [place.textContent, item.querySelector("span").textContent].filter(Boolean).join(" ");
    block.append(place);
    // A problem with a listed source says nothing about the boxes for a new one.
    for (const input of item.dataset.field === "source" ? [] : inputs(block)) {
      input.setAttribute("aria-describedby", id);
      input.setAttribute("aria-invalid", "true");
    }
  }
};

// Gradio reports keys pressed in a box, but not pasted, dictated or deleted text.
element.closest(".case-desk").addEventListener("input", (event) => {
  const block = event.target.closest("[id^=contribute-]");
  if (block && event.target.matches("textarea, input[data-testid=textbox]")) {
    // After Gradio has taken over the value.
    setTimeout(() => trigger("input", { field: block.id.replace("contribute-", "") }));
  }
});

element.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-target]");
  const block = link && document.getElementById(link.dataset.target);
  if (!block) return;
  event.preventDefault();
  const first = inputs(block)[0] ?? block.querySelector("button");
  first?.focus();
  block.scrollIntoView({ block: "nearest" });
});

watch("value", () => {
  show();
  // A visible list answers a button, so it gets focus.
  element.querySelector("section:not([hidden]) h3")?.focus();
});
