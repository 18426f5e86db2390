// The studio: uploads into a course, and lessons that are dragged into order.

import "./page.js";
import { followLessons } from "./lessons.js";
import { mountUploads } from "./uploads.js";

const place = document.getElementById("upload");
if (place) mountUploads(place);
// The television in the frame takes the keys at once, as one in a room does.
const television = document.getElementById("television");
television?.addEventListener("load", () => television.contentWindow.focus());
if (document.getElementById("lessons")) followLessons();
