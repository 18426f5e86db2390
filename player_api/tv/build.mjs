// Builds the TV page: sources joined in order, minified, and proved to be ES5,
// since one newer token leaves an old box with a white screen.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

// What the page is made of: first tv.js, which opens the page, then the parts that it
// loads when the first screen stands (src/parts.js). Of each: sources and style sheets,
// joined in order; later files use what earlier ones define.
export const PARTS = {
  tv: {
    sources: [
      "strings", "dom", "afterwards", "layout", "keys", "grid", "store", "net", "parts", "snapshot", "preview",
      "words", "catalogue", "popular", "season", "plays", "box", "outbox", "errands",
      "settings_store", "progress", "favourites", "input", "dialog", "number", "router",
      "first_start", "shell", "header", "card", "bands", "notice", "home", "category", "course",
      "main",
    ],
    styles: ["tv"],
  },
  watch: {
    sources: [
      "watch_texts", "watch_layout", "players", "plane_player", "starcor_player", "android_player",
      "ctc_player", "video_player", "native_player", "hls_player", "watching", "vtt", "storyboard",
      "captions", "bar", "panel", "choices", "ending", "playing", "player",
    ],
    styles: ["players", "watch"],
  },
  more: {
    sources: [
      "english", "finder", "search", "own_texts", "pick_list", "speech", "mine", "settings",
      "region", "hall_mode", "hall", "remote_texts", "remote", "learn", "renewal",
    ],
    styles: ["search", "more", "remote"],
  },
};

const HLS = ["hls.light.min.js", "hls.min.js"];

export function proveES5(name, code) {
  try {
    parse(code, { ecmaVersion: 5, sourceType: "script" });
  } catch (error) {
    throw new Error(`${name} is not ES5: ${error.message}`, { cause: error });
  }
}

// What WebKit 534 passes over without a word; engines for tests know some of it.
const NEWER_CSS = /(?<=[{;]\s*)(?:display:\s*(?:inline-)?(?:flex|grid)|--[\w-]+\s*:)|\bvar\(|\bgap:/;

export function proveOldCss(name, style) {
  const found = NEWER_CSS.exec(style.replace(/\/\*.*?\*\//gs, ""));
  if (found) throw new Error(`${name}: old boxes don't know ${found[0]}`);
}

async function joined(folder, names, extension, prove) {
  const files = await Promise.all(
    names.map(async (name) => {
      const code = await readFile(join(HERE, folder, `${name}.${extension}`), "utf8");
      prove?.(`${name}.${extension}`, code);
      return code;
    }),
  );
  return files.join("\n");
}

const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

async function minified(code, loader) {
  const built = await transform(code, { loader, minify: true, target: "es5", charset: "utf8" });
  return built.code;
}

async function styleOf(part) {
  const style = await joined("css", part.styles, "css", proveOldCss);
  const options = { loader: "css", minifyWhitespace: true, charset: "utf8" };
  return (await transform(style, options)).code.trim();
}

// A late part brings its style along, so that both are there in the same moment. It may
// come twice, when the page has given up a first try (src/parts.js).
function once(name, code, style) {
  return `if (!window.nk.ran.${name}) {
    window.nk.ran.${name} = true;
    ${code}
    window.nk.addStyle(${JSON.stringify(style)});
  }`;
}

async function scriptOf(name, part) {
  const style = name === "tv" ? "" : await styleOf(part);
  const code = await joined("src", part.sources, "js", proveES5);
  const script = await minified(name === "tv" ? code : once(name, code, style), "js");
  proveES5(`${name}.js`, script);
  return script;
}

/** Writes index.html, tv.css, a script for each part and both builds of hls.js to outDir. */
export async function buildTv(outDir) {
  const files = { "tv.css": await styleOf(PARTS.tv) };
  for (const name of HLS) {
    files[name] = await readFile(createRequire(import.meta.url).resolve(`hls.js/dist/${name}`));
  }
  for (const [name, part] of Object.entries(PARTS)) {
    files[`${name}.js`] = await scriptOf(name, part);
  }
  // The hash in the query: a box that cached the last release asks for the new one.
  let page = await readFile(join(HERE, "index.html"), "utf8");
  for (const [name, content] of Object.entries(files)) {
    page = page.replace(`"${name}"`, `"${name}?v=${hash(content)}"`);
  }
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, "index.html"), page);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(outDir, name), content);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildTv(process.argv[2]);
}
