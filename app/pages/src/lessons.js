// The list of lessons: order by dragging or by arrows, and the publish button that follows it.

import { htmx } from "./page.js";

let dragged = null;

const list = () => document.getElementById("lessons");
const lessons = () => [...list().querySelectorAll(".lesson")];

export function followLessons() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) moveBy(button.closest(".lesson"), Number(button.dataset.move));
  });
  document.addEventListener("dragstart", start);
  document.addEventListener("dragover", hover);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", end);
  // While a lesson is in the hand the list must not be exchanged under it.
  document.addEventListener("htmx:before:request", (event) => {
    if (dragged && event.target === list()) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", followPublish);
}

/** The button above the list knows at once when the first video has become ready. */
function followPublish() {
  const button = document.getElementById("publish");
  if (button) button.disabled = !("publishable" in list().dataset);
}

function moveBy(lesson, steps) {
  const order = lessons();
  const from = order.indexOf(lesson);
  order.splice(from, 1);
  order.splice(from + steps, 0, lesson);
  save(order);
}

function save(order) {
  const ids = order.map((lesson) => ["lesson", lesson.dataset.lesson]);
  const address = `${list().dataset.order}?${new URLSearchParams(ids)}`;
  htmx.ajax("POST", address, { source: list(), target: list(), swap: "outerMorph" });
}

function start(event) {
  if (!event.target.closest?.(".grip")) return;
  dragged = event.target.closest(".lesson");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.lesson);
  event.dataTransfer.setDragImage(dragged, 12, 24);
  requestAnimationFrame(() => dragged?.classList.add("dragged"));
}

function hover(event) {
  const over = dragged && event.target.closest?.(".lesson");
  unmark();
  if (!over) return;
  event.preventDefault();
  over.classList.add(isBelow(event, over) ? "over-below" : "over");
}

function drop(event) {
  const over = dragged && event.target.closest?.(".lesson");
  if (!over || over === dragged) return;
  event.preventDefault();
  const order = lessons().filter((lesson) => lesson !== dragged);
  order.splice(order.indexOf(over) + (isBelow(event, over) ? 1 : 0), 0, dragged);
  end();
  save(order);
}

function end() {
  unmark();
  dragged?.classList.remove("dragged");
  dragged = null;
}

function unmark() {
  for (const lesson of lessons()) lesson.classList.remove("over", "over-below");
}

function isBelow(event, lesson) {
  const { top, height } = lesson.getBoundingClientRect();
  return event.clientY > top + height / 2;
}
