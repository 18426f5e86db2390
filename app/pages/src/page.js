// What every page of studio and desk does: htmx with the session's token, and messages.

import htmx from "htmx.org";

const frame = document.body.dataset;

htmx.config.includeIndicatorCSS = false;

/** The token that proves that a request comes from our own page. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Show a sentence for a while, at the bottom of the page. */
export function say(words, kind = "info") {
  const place = document.getElementById("messages");
  const line = document.createElement("p");
  line.className = `message message-${kind}`;
  line.textContent = words;
  line.addEventListener("click", () => line.remove());
  place.append(line);
  setTimeout(() => line.remove(), kind === "error" ? 12_000 : 5_000);
}

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRF-Token"] = csrfToken();
});

// An error's body is no part of a page: say what went wrong instead.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx?.response?.status >= 400) event.preventDefault();
});

document.addEventListener("htmx:response:error", (event) => {
  const { response, text } = event.detail.ctx;
  sayProblem(response.status, text);
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  const polled = ctx?.sourceElement?.matches?.("[data-polls]");
  if (ctx && !ctx.response && !polled) say(frame.textNetwork, "error");
});

export function sayProblem(status, body) {
  if (status === 401) {
    say(frame.textSignedOut, "error");
    return;
  }
  try {
    const problem = JSON.parse(body);
    const zh = document.documentElement.lang.startsWith("zh");
    say((zh && problem.detail) || problem.title, "error");
  } catch {
    say(`HTTP ${status}`, "error");
  }
}

// A form that removes or withdraws asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A picture that is not there (a package just replaced) must not look broken.
document.addEventListener(
  "error",
  (event) => {
    if (event.target.matches?.("img.poster")) event.target.replaceWith(emptyPoster());
  },
  true,
);

function emptyPoster() {
  const place = document.createElement("span");
  place.className = "poster poster-none";
  return place;
}

// Menus that are <details> close when one clicks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

export { htmx };
