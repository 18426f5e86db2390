// Builds the TV page: sources joined in order, minified, and proved to be ES5,
// since one newer token leaves an old box with a white screen.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

// Later files use what earlier ones define; main.js starts the page.
export const SOURCES = [
  "strings", "layout", "keys", "dom", "grid", "store", "net", "preview", "words", "catalogue",
  "plays", "box", "outbox", "progress", "input", "dialog", "number", "router", "shell",
  "header", "card", "bands", "notice", "home", "category", "course",
  "players", "watching", "bar", "ending", "player", "main",
];

// The style sheets, joined in order: the common one, then one for each part of the page.
const STYLES = ["tv"];

export function proveES5(name, code) {
  try {
    parse(code, { ecmaVersion: 5, sourceType: "script" });
  } catch (error) {
    throw new Error(`${name} is not ES5: ${error.message}`, { cause: error });
  }
}

async function joinedSources() {
  const files = await Promise.all(
    SOURCES.map(async (name) => {
      const code = await readFile(join(HERE, "src", `${name}.js`), "utf8");
      proveES5(`${name}.js`, code);
      return code;
    }),
  );
  return files.join("\n");
}

async function joinedStyles() {
  const files = await Promise.all(
    STYLES.map((name) => readFile(join(HERE, "css", `${name}.css`), "utf8")),
  );
  return files.join("\n");
}

const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

async function minified(code, loader) {
  const built = await transform(code, { loader, minify: true, target: "es5", charset: "utf8" });
  return built.code;
}

/** Writes index.html, tv.js, tv.css and hls.light.min.js to outDir. */
export async function buildTv(outDir) {
  const hlsPath = createRequire(import.meta.url).resolve("hls.js/dist/hls.light.min.js");
  const script = await minified(await joinedSources(), "js");
  proveES5("tv.js", script);
  const style = (
    await transform(await joinedStyles(), { loader: "css", minifyWhitespace: true, charset: "utf8" })
  ).code;
  const hls = await readFile(hlsPath);
  // The hash in the query: a box that cached the last release asks for the new one.
  const page = (await readFile(join(HERE, "index.html"), "utf8"))
    .replace('"tv.css"', `"tv.css?v=${hash(style)}"`)
    .replace('"tv.js"', `"tv.js?v=${hash(script)}"`)
    .replace('"hls.light.min.js"', `"hls.light.min.js?v=${hash(hls)}"`);
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, "index.html"), page);
  await writeFile(join(outDir, "tv.js"), script);
  await writeFile(join(outDir, "tv.css"), style);
  await copyFile(hlsPath, join(outDir, "hls.light.min.js"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildTv(process.argv[2]);
}
