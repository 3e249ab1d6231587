// Shows the report in the page's theme. Nothing outside its frame reaches its style, so the frame gets its text anew.
const follow = () => {
  const frame = element.querySelector("iframe");
  const theme = document.body.classList.contains("dark") ? "dark" : "light";
  if (!frame || frame.dataset.theme === theme) return;
  frame.dataset.theme = theme;
  frame.srcdoc = frame.dataset.report
    .replace("(prefers-color-scheme: dark)", theme === "dark" ? "all" : "not all")
    .replace("color-scheme: light dark", `color-scheme: ${theme}`);
};
watch("value", follow);
new MutationObserver(follow).observe(document.body, { attributeFilter: ["class"] });
