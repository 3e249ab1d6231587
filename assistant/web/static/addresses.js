// The address follows the place that is shown and what is open there, so that Back, Forward, a reload and a link lead to
// it. `trigger` has the server show in Precedents what the address names: "edit" on entering it, "select" within it.
const CASE = /&case=[^&]*/;
const named = (name, address = location.search) => new URLSearchParams(address).get(name);
const tabs = (place) => document.querySelectorAll(`[role=tab][data-tab-id="${place}"]`);
// The view of Precedents that an address shows; empty for another place.
const view = (address = location.search) => {
  if (named("tab", address) !== "precedents") return "";
  return named("recommendation", address) ? "recommendations" : named("view", address) ?? "cases";
};
// The address of each place, and of each view of Precedents, as it was shown last.
const left = { ask: location.pathname, cases: "?tab=precedents" };
let followed = "";  // what Precedents shows, or the server is about to show there
let isFollowing = false;

function arrive(isShown) {
  const [place, before] = [named("tab") ?? "ask", followed];
  if (place !== "ask") left[place] = location.search;
  if (view() && !named("recommendation")) left[view()] = location.search;
  followed = view() && location.search;
  if (isShown || !followed || followed === before) return;
  isFollowing = true;
  trigger(before ? "select" : "edit");
}

function visit(address) {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

function show(place) {
  if (["compare", "glossary", "quality"].includes(place)) tabs("library")[0].click();
  // The library and the first of its views have one name.
  requestAnimationFrame(() => { for (const tab of tabs(place)) tab.click(); });
}

arrive(true);
addEventListener("popstate", () => {
  arrive();
  show(named("tab") ?? "ask");
});
addEventListener("followed", () => { isFollowing = false; });

// In Precedents, what is chosen or searched for gets an address once it is shown.
addEventListener("viewed", ({ detail }) => {
  if (!view() || (view() === detail && !named("recommendation"))) return;
  history.pushState(null, "", left[detail] ?? `?tab=precedents&view=${detail}`);
  arrive(true);
});
addEventListener("searched", () => {
  const drawn = [...document.querySelectorAll("[data-search]")].map(({ dataset }) => dataset.search);
  const address = drawn.find((each) => view(each) === view());
  if (isFollowing || !address) return;  // the reader went elsewhere meanwhile
  // Back leads past the filters of a search to the search before.
  const change = named("q", address) === named("q") ? "replaceState" : "pushState";
  history[change](null, "", address + (location.search.match(CASE) ?? ""));
  arrive(true);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented) return;
  const place = event.target.closest?.("[role=tab]")?.dataset.tabId;
  const inner = document.querySelector("[role=tabpanel] [role=tab][aria-selected=true]")?.dataset.tabId;
  const next = place === "library" ? inner ?? place : place;
  if (place && event.isTrusted) visit(left[next] ?? `?tab=${next}`);
  const target = event.target.closest?.("a[href]")?.getAttribute("href") ?? "";
  if (!target.startsWith("?tab=") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // A case opens, and closes, on top of the search that was shown last.
  visit(target.replace(/^\?tab=precedents(?=$|&case=)/, left.cases.replace(CASE, "")));
});
