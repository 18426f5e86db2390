// Uploads by tus: they go on after a reload, a lost line or a restart of the server.

import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import en from "@uppy/locales/lib/en_US.js";
import zh from "@uppy/locales/lib/zh_CN.js";
import Tus from "@uppy/tus";

import { csrfToken, htmx } from "./page.js";

// A chunk is what is lost at most when the line breaks.
const CHUNK_BYTES = 8 * 1024 * 1024;

const VIDEO_FILES = [
  "video/*", ".mp4", ".m4v", ".mov", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".vob",
  ".ts", ".mts", ".m2ts", ".mxf", ".webm", ".3gp", ".rmvb", ".asf", ".ogv",
];

/** Files dropped here become lessons of the course that `place.dataset.course` names. */
export function mountUploads(place) {
  const { endpoint, course, lang } = place.dataset;
  const uppy = new Uppy({
    id: `course-${course}`,
    locale: lang === "zh" ? zh : en,
    autoProceed: true,
    restrictions: { allowedFileTypes: VIDEO_FILES },
    meta: { course },
  });
  uppy.use(Dashboard, {
    target: place,
    inline: true,
    width: "100%",
    height: 230,
    proudlyDisplayPoweredByUppy: false,
    disableThumbnailGenerator: true,
    hideProgressAfterFinish: false,
    doneButtonHandler: () => uppy.clear(),
  });
  uppy.use(Tus, {
    endpoint,
    chunkSize: CHUNK_BYTES,
    limit: 2,
    retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000],
    allowedMetaFields: ["filename", "filetype", "course", "lesson"],
    onBeforeRequest: (request) => request.setHeader("X-CSRF-Token", csrfToken()),
    // The same file of the same course is the same upload, on this browser and after a reload.
    removeFingerprintOnSuccess: true,
  });
  uppy.on("file-added", (file) => uppy.setFileMeta(file.id, { filename: file.name }));
  uppy.on("upload-success", () => htmx.trigger(document.body, "refresh"));
  listenForReplacements(uppy);
  warnBeforeLeaving(uppy);
}

/** "Another file" of a lesson: the upload carries the lesson's id instead of a new place. */
function listenForReplacements(uppy) {
  const picker = document.createElement("input");
  picker.type = "file";
  picker.accept = VIDEO_FILES.join(",");
  picker.id = "replacement";
  picker.hidden = true;
  document.body.append(picker);
  let lesson = "";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-replace]");
    if (!button) return;
    lesson = button.dataset.replace;
    picker.value = "";
    picker.click();
  });
  picker.addEventListener("change", () => {
    const [file] = picker.files;
    if (!file) return;
    try {
      uppy.addFile({ name: file.name, type: file.type, data: file, meta: { lesson, course: "" } });
    } catch (error) {
      uppy.info(error.message, "error");
    }
  });
}

function warnBeforeLeaving(uppy) {
  window.addEventListener("beforeunload", (event) => {
    const isBusy = uppy.getFiles().some((file) => file.progress.uploadStarted && !file.progress.uploadComplete);
    if (isBusy) event.preventDefault();
  });
}
