// The wall card: its form asks again by itself; one button prints.

import "./page.js";

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// A picture that is missing leaves the drawn one beneath it. Some have failed before we listen.
for (const picture of document.querySelectorAll(".picture img")) {
  if (picture.complete && !picture.naturalWidth) picture.remove();
}
document.addEventListener(
  "error",
  (event) => {
    if (event.target.matches?.(".picture img")) event.target.remove();
  },
  true,
);
