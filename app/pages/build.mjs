// `npm run build`: studio and desk into build/pages, the TV page into build/tv.
//
// Names carry a hash of the content, and manifest.json says which name is the present one, so
// the server may let browsers keep every file for ever. A build replaces the last one whole.

import { build } from "esbuild";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SOURCES = path.join(ROOT, "app/pages/src");
const ENTRIES = [
  ...["console.css", "studio.css", "desk.css", "statement.css", "wall.css"],
  ...["studio.js", "desk.js", "statement.js", "wall.js"],
];
const OUT = path.join(ROOT, "build");
const TV_BUILD = path.join(ROOT, "player_api/tv/build.mjs");

async function buildPages(outDir) {
  const fresh = `${outDir}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map((name) => path.join(SOURCES, name)),
    outdir: fresh,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2021"],
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(path.join(fresh, "manifest.json"), JSON.stringify(manifestOf(metafile)));
  await writeFile(path.join(fresh, "licences.txt"), await licencesOf(metafile));
  await rm(outDir, { recursive: true, force: true });
  await rename(fresh, outDir);
}

/** { "studio.js": "studio-2VX4…js", … } */
function manifestOf(metafile) {
  const names = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) names[path.basename(output.entryPoint)] = path.basename(file);
  }
  return names;
}

/** The licence of every package that went into the bundles, as their terms ask for. */
async function licencesOf(metafile) {
  const packages = new Set();
  for (const file of Object.keys(metafile.inputs)) {
    const found = file.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
  const texts = [];
  for (const folder of [...packages].sort()) texts.push(await licenceOf(path.join(ROOT, folder)));
  return texts.join(`\n${"=".repeat(80)}\n\n`);
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(path.join(folder, "package.json"), "utf8"),
  );
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((file) => file.isFile() && /^(licen[cs]e|notice)/i.test(file.name))
    .map((file) => file.name);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  return [`${name} ${version} (${license})`, ...texts].join("\n\n") + "\n";
}

async function buildTv(outDir) {
  if (!existsSync(TV_BUILD)) {
    throw new Error("player_api/tv/build.mjs is missing: the TV page cannot be built");
  }
  const tv = await import(pathToFileURL(TV_BUILD));
  await tv.buildTv(outDir);
}

try {
  await buildPages(path.join(OUT, "pages"));
  await buildTv(path.join(OUT, "tv"));
} catch (error) {
  console.error(`build failed: ${error.message}`);
  process.exitCode = 1;
}
