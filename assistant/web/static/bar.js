// Tells the server of the case or recommendation that the address names, whenever that changes.
const named = () => ["case", "recommendation"].map((name) => new URLSearchParams(location.search).get(name)).join();
let shown = named();
addEventListener("popstate", () => {
  if (named() === shown) return;
  shown = named();
  trigger("select", { entry: location.search });
});
