import { showHits, focusHit, openDetail } from "/results.js";

const find = (id) => document.getElementById(id);
const form = find("search"), text = find("q"), file = find("file"), language = find("language");
const weight = find("weight"), status = find("status"), problem = find("problem");
const results = find("results"), more = find("more"), start = find("start");

const firstLimit = 24;
const examples = [
  ["en", "red apple"], ["ko", "빨간 사과"], ["sw", "tufaha jekundu"], ["ar", "قطة"],
  ["hi", "बारिश"], ["ja", "犬"], ["ru", "велосипед"], ["he", "פרח"], ["el", "ήλιος"], ["th", "ปลา"],
];

let info = { pictures: 0, languages: [], limits: { hits: 500, body_bytes: 32 << 20 } };
/// The picture of the query: {file} that was chosen, or {like} a picture of the index.
let picture = null;
let limit = firstLimit;
let asking = null;

// Asking

function address(base) {
  const fields = new URLSearchParams();
  const words = text.value.trim();
  if (words) fields.set("q", words);
  if (language.value) fields.set("language", language.value);
  if (picture?.like !== undefined) fields.set("like", picture.like);
  if (words && picture) fields.set("weight", weight.value);
  if (base === "/api/search") fields.set("limit", limit);
  const query = fields.toString();
  return query ? `${base}?${query}` : base;
}

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  problem.hidden = true;
  find("mixture").hidden = !(picture && text.value.trim());
  if (!text.value.trim() && !picture) return showStart();
  start.hidden = true;
  results.setAttribute("aria-busy", "true");
  status.textContent = "Searching …";
  const began = performance.now();
  try {
    const request = picture?.file
      ? { method: "POST", body: picture.file, headers: { "content-type": picture.file.type } }
      : {};
    const answer = await fetch(address("/api/search"), { ...request, signal: mine.signal });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    if (asking !== mine) return;
    show(found, (performance.now() - began) / 1000);
  } catch (error) {
    if (error.name === "AbortError" || asking !== mine) return;
    fail(error instanceof TypeError || error instanceof SyntaxError
      ? "The server does not answer. Is “pictoglot serve” still running?" : error.message);
  } finally {
    if (asking === mine) results.removeAttribute("aria-busy");
  }
}

function show(found, seconds) {
  showHits(results, found.hits, { language: language.value });
  const count = found.hits.length.toLocaleString();
  status.textContent = found.hits.length
    ? `${count} of ${found.pictures.toLocaleString()} pictures, the nearest first · `
      + `${seconds.toLocaleString(undefined, { maximumFractionDigits: 2 })} s`
    : "No pictures found. Try other words.";
  more.hidden = found.hits.length < limit || limit >= info.limits.hits;
}

function fail(reason) {
  results.replaceChildren();
  more.hidden = true;
  start.hidden = true;
  status.textContent = "";
  find("reason").textContent = reason;
  problem.hidden = false;
}

function showStart() {
  results.replaceChildren();
  results.removeAttribute("aria-busy");
  more.hidden = true;
  status.textContent = "";
  start.hidden = false;
}

/// Asks anew and remembers the question in the address, so that “back” works and links can be sent.
function submit() {
  limit = firstLimit;
  const place = address("/");
  if (place !== location.pathname + location.search) history.pushState(null, "", place);
  document.title = text.value.trim() ? `${text.value.trim()} – Pictoglot` : "Pictoglot";
  return ask();
}

function readAddress() {
  const fields = new URLSearchParams(location.search);
  text.value = fields.get("q") ?? "";
  language.value = fields.get("language") ?? "";
  weight.value = fields.get("weight") ?? "0.5";
  limit = firstLimit;
  const like = fields.get("like");
  setPicture(like === null ? null : { like: Number(like) });
  return ask();
}

// The picture of the query

function setPicture(value) {
  if (picture?.address) URL.revokeObjectURL(picture.address);
  picture = value;
  file.value = "";
  find("picture").hidden = !value;
  if (!value) return find("preview").removeAttribute("src");
  if (value.file) value.address = URL.createObjectURL(value.file);
  find("preview").src = value.address ?? `/api/picture/${value.like}`;
  find("picture-name").textContent = value.file ? value.file.name : "Similar to this picture";
}

function take(chosen) {
  if (!chosen) return;
  if (!chosen.type.startsWith("image/")) return fail(`“${chosen.name}” is not a picture.`);
  if (chosen.size > info.limits.body_bytes) {
    return fail(`“${chosen.name}” is larger than ${info.limits.body_bytes >> 20} MiB.`);
  }
  setPicture({ file: chosen });
  submit();
}

find("pick").addEventListener("click", () => file.click());
file.addEventListener("change", () => take(file.files[0]));
find("drop").addEventListener("click", () => {
  setPicture(null);
  text.focus();
  submit();
});
document.addEventListener("paste", (event) => {
  const pasted = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
  if (pasted) {
    event.preventDefault();
    take(pasted);
  }
});

const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!holdsFile(event)) return;
  event.preventDefault();
  find("target").hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) find("target").hidden = true;
});
document.addEventListener("drop", (event) => {
  find("target").hidden = true;
  if (!holdsFile(event)) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});

// Words, language, keys

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
text.addEventListener("input", () => {
  find("mixture").hidden = !(picture && text.value.trim());
  if (!text.value && !picture) submit();
});
language.addEventListener("change", submit);
weight.addEventListener("change", submit);
find("again").addEventListener("click", ask);
more.addEventListener("click", async () => {
  const before = results.children.length;
  limit = Math.min(limit * 2, info.limits.hits);
  await ask();
  focusHit(results, before);
});
find("similar").addEventListener("click", () => {
  find("detail").close();
  text.value = "";
  setPicture({ like: Number(find("detail").dataset.id) });
  submit();
  text.focus();
});
addEventListener("popstate", readAddress);

document.addEventListener("keydown", (event) => {
  if (find("detail").open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const isTyping = event.target.closest("input, select, textarea");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    text.focus();
    text.select();
  } else if (event.key === "ArrowDown" && event.target === text) {
    if (focusHit(results, 0)) event.preventDefault();
  } else if (event.key === "Escape") {
    if (event.target !== text) text.focus();
    else if (text.value || picture) {
      event.preventDefault();
      text.value = "";
      setPicture(null);
      submit();
    }
  }
});
results.addEventListener("leave", () => text.focus());
results.addEventListener("open", (event) => openDetail(find("detail"), results, event.detail));

// Colours

const themes = { "": "as the system", light: "light", dark: "dark" };
function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  find("theme").setAttribute("aria-label", `Colours: ${themes[theme]}`);
  find("theme").title = `Colours: ${themes[theme]}`;
}
let theme = "";
try { theme = localStorage.getItem("theme") ?? ""; } catch { /* storage may be forbidden */ }
setTheme(theme in themes ? theme : "");
find("theme").addEventListener("click", () => {
  const names = Object.keys(themes);
  theme = names[(names.indexOf(theme) + 1) % names.length];
  setTheme(theme);
  try { localStorage.setItem("theme", theme); } catch { /* then it lasts as long as the page */ }
});

// Beginning

/// A language in its own words and in the reader's: “한국어 · Korean”.
function languageName(tag) {
  try {
    const own = new Intl.DisplayNames([tag], { type: "language" }).of(tag);
    const ours = new Intl.DisplayNames(navigator.languages, { type: "language" }).of(tag);
    return own === ours ? own : `${ours} · ${own}`;
  } catch {
    return tag;
  }
}

function fillLanguages() {
  const named = info.languages.map((tag) => [languageName(tag), tag]);
  named.sort(([a], [b]) => a.localeCompare(b));
  language.append(...named.map(([name, tag]) => new Option(name, tag)));
  const shown = examples.filter(([tag]) => info.languages.includes(tag));
  for (const [tag, words] of shown) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", lang: tag, dir: "auto", textContent: words });
    button.addEventListener("click", () => {
      text.value = words;
      submit();
    });
    const item = document.createElement("li");
    item.append(button);
    find("examples").append(item);
  }
  const many = info.languages.length;
  find("welcome").textContent = `Search ${info.pictures.toLocaleString()} pictures in `
    + (many > 1 ? `any of ${many} languages` : "any language");
}

try {
  info = await (await fetch("/api/info")).json();
  fillLanguages();
  await readAddress();
} catch {
  fail("The server does not answer. Is “pictoglot serve” still running?");
}
