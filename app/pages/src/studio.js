// The studio: uploads into a course, and lessons that are dragged into order.

import "./page.js";
import { followLessons } from "./lessons.js";
import { mountUploads } from "./uploads.js";

const place = document.getElementById("upload");
if (place) mountUploads(place);
if (document.getElementById("lessons")) followLessons();
