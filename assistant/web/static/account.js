// Says so when the session has ended while the page was open; leading elsewhere at once would lose what was typed.
const ask = window.fetch;
window.fetch = async (...asked) => {
  const answer = await ask(...asked);
  const dialog = element.querySelector("dialog");
  if (answer.status === 401 && dialog && !dialog.open) {
    dialog.querySelector("a").href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    dialog.showModal();
  }
  return answer;
};
