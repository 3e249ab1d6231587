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
    const tab = document.querySelector("[role=tab][aria-selected=true]");
    for (const panel of document.querySelectorAll("[role=tabpanel]")) {
      const shown = tab && panel.offsetParent;
      panel.id = shown ? "panel" : "";
      panel.tabIndex = -1;
      if (shown) panel.setAttribute("aria-label", words(tab));
    }
  };

  let asked = false;
  const later = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      setNames();
    });
  };
  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-selected"] };
  new MutationObserver(later).observe(document.body, watched);
  setNames();

  const skip = document.createElement("a");
  skip.className = "skip-link";
  skip.href = "#panel";
  skip.textContent = "Skip to main content";
  document.body.prepend(skip);

  // The page's base address has no query, so a plain link within the page would load another page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    location.hash = link.getAttribute("href");
  });

  // Left and right arrows move between tabs, as screen readers announce.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const list = event.target.closest?.("[role=tab]")?.closest("[role=tablist]");
    if (!step || !list) return;
    const tabs = [...list.querySelectorAll("[role=tab]:not([disabled])")];
    tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length].focus();
  });
}
