// A statement: printing, and the notes that htmx fetches.

import "./page.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
