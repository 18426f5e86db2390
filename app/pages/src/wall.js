// The wall card: its form asks again by itself; one button prints.

import "./page.js";

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// A picture that is missing leaves the drawn one beneath it.
document.addEventListener(
  "error",
  (event) => {
    if (event.target.matches?.(".picture img")) event.target.remove();
  },
  true,
);
