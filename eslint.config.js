// Rules that need no plug-in: what ESLint itself brings.
const always = {
  "constructor-super": "error",
  "for-direction": "error",
  "no-cond-assign": "error",
  "no-const-assign": "error",
  "no-constant-condition": "error",
  "no-dupe-args": "error",
  "no-dupe-else-if": "error",
  "no-dupe-keys": "error",
  "no-duplicate-case": "error",
  "no-empty": "error",
  "no-fallthrough": "error",
  "no-func-assign": "error",
  "no-global-assign": "error",
  "no-inner-declarations": "error",
  "no-redeclare": "error",
  "no-self-assign": "error",
  "no-undef": "error",
  "no-unreachable": "error",
  "no-unsafe-finally": "error",
  "no-unsafe-negation": "error",
  "no-unused-vars": ["error", { args: "after-used", caughtErrors: "none" }],
  "no-useless-escape": "error",
  "use-isnan": "error",
  "valid-typeof": "error",
  eqeqeq: "error",
  curly: ["error", "multi-line"],
};

const names = (list) => Object.fromEntries(list.split(" ").map((name) => [name, "readonly"]));

const BROWSER = names(
  "window document location navigator history localStorage sessionStorage console fetch URL " +
    "URLSearchParams FormData Blob File Headers Request Response Event CustomEvent EventSource " +
    "AbortController MutationObserver ResizeObserver IntersectionObserver requestAnimationFrame " +
    "cancelAnimationFrame setTimeout clearTimeout setInterval clearInterval queueMicrotask crypto " +
    "performance htmx echarts HTMLElement Intl confirm alert getComputedStyle matchMedia",
);
const NODE = names("process console URL Buffer setTimeout clearTimeout");

export default [
  { ignores: ["node_modules/", "build/", "var/", ".venv/"] },
  {
    // Boxes from 2012 run this: no syntax after ES5, no function that came later.
    files: ["player_api/tv/src/**/*.js"],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "script",
      globals: names(
        "window document location navigator performance XMLHttpRequest setTimeout clearTimeout " +
          "setInterval clearInterval",
      ),
    },
    rules: {
      ...always,
      "no-restricted-properties": [
        "error",
        { property: "classList", message: "missing in WebKit 534: use nk.mark" },
        { property: "dataset", message: "missing in WebKit 534" },
        { property: "bind", message: "missing in WebKit 534" },
        { property: "includes", message: "not ES5" },
        { property: "startsWith", message: "not ES5" },
        { property: "find", message: "not ES5" },
        { object: "Object", property: "assign", message: "not ES5" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='event'][property.name='key']",
          message: "event.key is missing in old engines: use keyCode",
        },
      ],
    },
  },
  {
    files: ["**/*.mjs", "eslint.config.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: NODE },
    rules: always,
  },
  {
    files: ["app/**/*.js", "app/**/*.mjs"],
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "module",
      globals: { ...BROWSER, ...NODE },
    },
    rules: always,
  },
];
