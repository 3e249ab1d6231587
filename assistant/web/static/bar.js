// Tells the server that Precedents is to show what the page's address names.
addEventListener("follow", ({ detail }) => trigger(detail));
