// What Gradio's page lacks for people who use a keyboard or a screen reader. Runs once; Gradio may redraw parts of the
// page at any time, so names and states are then set again.
() => {
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ");

  const setNames = () => {
    for (const button of document.querySelectorAll("button.label-wrap")) {
      button.setAttribute("aria-expanded", button.classList.contains("open"));
      button.querySelector(".icon")?.setAttribute("aria-hidden", "true");
    }
    for (const group of document.querySelectorAll("fieldset")) {
      const title = group.querySelector("[data-testid=block-info]");
      if (title) group.setAttribute("aria-label", words(title));
    }
    for (const button of document.querySelectorAll("button.upload-container")) {
      const title = button.parentElement.querySelector("[data-testid=block-label]");
      if (title) button.setAttribute("aria-label", `${words(title)}: ${words(button)}`);
    }
    for (const panel of document.querySelectorAll("[role=tabpanel]")) {
      const tab = panel.parentElement.querySelector("[role=tab][aria-selected=true]");
      const shown = tab && panel.offsetParent;
      panel.id = shown && !panel.parentElement.closest("[role=tabpanel]") ? "panel" : "";
      panel.tabIndex = -1;
      if (shown) panel.setAttribute("aria-label", words(tab));
    }
    for (const input of document.querySelectorAll(".dates input")) input.type = "date";
  };

  let asked;
  const later = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(setNames);
  };
  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-selected"] };
  new MutationObserver(later).observe(document.body, watched);
  setNames();

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("a[href]")?.getAttribute("href") ?? "";
    if (event.defaultPrevented || !target.startsWith("#")) return;
    // The page's base address has no query, so a plain link within the page would load another page.
    event.preventDefault();
    location.hash = target;
    const place = document.getElementById(target.slice(1));
    (place?.querySelector(":scope > label textarea") ?? place)?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: "nearest" });  // the top of what is higher than its frame: it says who speaks
  });

  const theme = document.getElementById("theme");
  const dark = (chosen) => theme.setAttribute("aria-pressed", document.body.classList.toggle("dark", chosen));
  dark(document.body.classList.contains("dark"));
  const keep = () => localStorage.setItem("steward-theme", document.body.classList.contains("dark") ? "dark" : "light");
  theme.addEventListener("click", () => { dark(); keep(); });

  // Copies the text that an answer or a draft holds for it.
  const copy = async (button) => {
    const text = button.closest("article, section").querySelector(".copied");
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
    const name = button.querySelector("span") ?? button;
    button.dataset.words ??= name.textContent;
    name.textContent = "Copied";
    setTimeout(() => { name.textContent = button.dataset.words; }, 2000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-action=copy]");
    if (button) copy(button);
  });

  // A question that has no answer yet stays in its field when the page is loaded anew, as after its app died.
  const KEPT = "steward-question";
  const field = () => document.querySelector("#question textarea");
  addEventListener("pagehide", () => sessionStorage.setItem(KEPT, field()?.value ?? ""));
  const typed = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  // Only then: whoever signs in after somebody else must not find theirs.
  if (typed && field() && performance.getEntriesByType("navigation")[0].type === "reload") {
    field().value = typed;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Left and right arrows move between tabs, as screen readers announce.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const list = event.target.closest?.("[role=tab]")?.closest("[role=tablist]");
    if (!step || !list) return;
    const tabs = [...list.querySelectorAll("[role=tab]:not([disabled])")];
    tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length].focus();
  });
}
