import { ask as askServer, find, make } from "/dom.js";
import { dialog, openFile, openHit, openNumber, shown } from "/detail.js";
import { languageOptions, showReadings } from "/languages.js";
import * as lens from "/lens.js";
import * as mix from "/mix.js";
import { buttons, focusHit, makeList, showHits } from "/results.js";
import * as uses from "/uses.js";
import "/theme.js";

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
  if (lens.isOpen()) {
    lens.addTo(fields);
  } else if (mix.isOpen()) {
    if (language.value) fields.set("language", language.value);
    mix.addTo(fields);
  } else {
    if (words) fields.set("q", words);
    if (language.value) fields.set("language", language.value);
    if (picture?.like !== undefined) fields.set("like", picture.like);
    if (words && picture) fields.set("weight", weight.value);
  }
  if (base === "/api/search") fields.set("limit", limit);
  else if (dialog.open) uses.addTo(fields);
  const query = fields.toString();
  return query ? `${base}?${query}` : base;
}

/// The request of the question as it stands, or nothing if nothing is asked.
async function request() {
  if (mix.isOpen()) {
    return mix.count() === 0 ? null : ["/api/search", {
      method: "POST", headers: { "content-type": "application/json" },
      body: await mix.body(language.value, limit),
    }];
  }
  if (!text.value.trim() && !picture) return null;
  return [address("/api/search"), picture?.file
    ? { method: "POST", body: picture.file, headers: { "content-type": picture.file.type } } : {}];
}

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  problem.hidden = true;
  find("mixture").hidden = !(picture && text.value.trim());
  try {
    if (lens.isOpen()) {
      showNothing();
      return await lens.compare();
    }
    const wanted = await request();
    if (asking !== mine) return;
    if (!wanted) return showStart();
    start.hidden = true;
    results.setAttribute("aria-busy", "true");
    status.textContent = "Searching …";
    const began = performance.now();
    const found = await askServer(wanted[0], { ...wanted[1], signal: mine.signal });
    if (asking === mine) show(found, (performance.now() - began) / 1000);
  } catch (error) {
    if (error.name !== "AbortError" && asking === mine) fail(error.message);
  } finally {
    if (asking === mine) results.removeAttribute("aria-busy");
  }
}

function show(found, seconds) {
  showHits(results, found.hits);
  showReadings(find("readings"), found.readings);
  const count = found.hits.length.toLocaleString();
  const own = found.left_out.length;
  status.textContent = found.hits.length
    ? `${count} of ${found.pictures.toLocaleString()} pictures, the nearest first · `
      + (own ? `${own} of the question’s own left out · ` : "")
      + `${seconds.toLocaleString(undefined, { maximumFractionDigits: 2 })} s`
    : "No pictures found. Try other words.";
  more.hidden = found.hits.length < limit || limit >= info.limits.hits;
}

function showNothing() {
  results.replaceChildren();
  results.removeAttribute("aria-busy");
  showReadings(find("readings"), []);
  more.hidden = true;
  start.hidden = true;
  status.textContent = "";
}

function fail(reason) {
  showNothing();
  find("reason").textContent = reason;
  problem.hidden = false;
}

function showStart() {
  showNothing();
  start.hidden = mix.isOpen();
}

/// Asks anew and remembers the question in the address, so that “back” works and links can be sent.
function submit() {
  limit = firstLimit;
  const place = address("/");
  if (place !== location.pathname + location.search) history.pushState(null, "", place);
  document.title = text.value.trim() ? `${text.value.trim()} – Pictoglot` : "Pictoglot";
  showUses();
  return ask();
}

async function readAddress() {
  const fields = new URLSearchParams(location.search);
  if (dialog.open) dialog.close();
  text.value = fields.get("q") ?? "";
  language.value = fields.get("language") ?? "";
  weight.value = fields.get("weight") ?? "0.5";
  limit = firstLimit;
  const like = fields.get("like");
  setPicture(like === null ? null : { like: Number(like) });
  if (lens.readFrom(fields)) mix.close();
  else mix.readFrom(fields);
  showUses();
  await ask();
  if (/^\d+$/.test(fields.get("open") ?? "")) await openFrom(fields);
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
  if (mix.isOpen()) return mix.add(filePart(chosen, 1));
  lens.close();
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

// Combining, comparing, asking about a picture

/// Shows which of the other uses is open.
function showUses() {
  find("open-mix").setAttribute("aria-expanded", String(mix.isOpen()));
  find("open-lens").setAttribute("aria-expanded", String(lens.isOpen()));
}

/// Opens the bar of a combined question and gives what is asked now as its first parts.
function beginMix() {
  if (mix.isOpen()) return [];
  lens.close();
  const words = text.value.trim();
  const parts = [
    words && { text: words, weight: 1 },
    picture?.like !== undefined && { like: picture.like, label: `picture ${picture.like}`, weight: 1 },
    picture?.file && filePart(picture.file, 1),
  ];
  text.value = "";
  setPicture(null);
  mix.open();
  return parts.filter(Boolean);
}

const filePart = (own, weight) => ({
  file: own, address: URL.createObjectURL(own), label: own.name, weight,
});

function addPart({ hit, file: own, weight }) {
  const part = hit ? { like: hit.id, label: hit.caption ?? hit.name, weight } : filePart(own, weight);
  mix.add(...beginMix().filter((before) => !own || before.file !== own), part);
}

find("open-mix").addEventListener("click", () => {
  if (mix.isOpen()) return find("mix-text").focus();
  mix.add(...beginMix());
});
find("mix").addEventListener("changed", submit);
find("open-lens").addEventListener("click", () => {
  if (lens.isOpen()) return find("lens-texts").querySelector("input").focus();
  const words = text.value.trim();
  mix.close();
  setPicture(null);
  lens.open(words ? [{ text: words, language: language.value }] : []);
  text.value = "";
  submit();
});
find("lens").addEventListener("submitted", submit);
for (const place of ["mix", "lens"]) {
  find(place).addEventListener("closed", () => {
    text.focus();
    submit();
  });
}
for (const place of [find("lens"), results]) {
  place.addEventListener("part", (event) => addPart(event.detail));
}
for (const [button, weight] of [["plus-this", 1], ["minus-this", -1]]) {
  find(button).addEventListener("click", () => {
    const { hit, file: own } = shown;
    closeDetail();
    addPart({ hit, file: own, weight });
  });
}
find("inspect").addEventListener("click", () => {
  if (picture.file) openFile(picture.file, picture.address);
  else openNumber(picture.like);
});

/// Opens the picture that the address of the page names, and asks what it asks about it.
async function openFrom(fields) {
  const id = Number(fields.get("open"));
  const button = [...document.querySelectorAll(".hit")].find(({ hit }) => hit.id === id);
  const list = button?.closest(".results");
  if (list) openHit(list, buttons(list).indexOf(button));
  else openNumber(id);
  if (info.reads_pictures) await uses.askFrom(fields);
}

/// The address follows what is open; only questions become steps of “back”.
function follow() { history.replaceState(null, "", address("/")); }
function closeDetail() {
  dialog.close();
  follow();
}
for (const event of ["shown", "asked", "close"]) dialog.addEventListener(event, follow);

// Words, language, keys

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim() || !mix.isOpen()) {
    mix.close();
    lens.close();
  }
  submit();
});
text.addEventListener("input", () => {
  find("mixture").hidden = !(picture && text.value.trim());
  if (!text.value && !picture && !mix.isOpen() && !lens.isOpen()) submit();
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
  const { id } = shown.hit;
  closeDetail();
  text.value = "";
  mix.close();
  lens.close();
  setPicture({ like: id });
  submit();
  text.focus();
});
addEventListener("popstate", readAddress);

document.addEventListener("keydown", (event) => {
  if (dialog.open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.closest("input, select, textarea");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    text.focus();
    text.select();
  } else if (event.key === "ArrowDown" && [text, find("mix-text")].includes(event.target)) {
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
makeList(results);
results.addEventListener("leave", () => text.focus());
results.addEventListener("open", (event) => openHit(results, event.detail));

// Beginning

function begin() {
  language.append(...languageOptions(info.languages));
  lens.setLanguages(info.languages);
  find("asking").hidden = !info.reads_pictures;
  const shown = examples.filter(([tag]) => info.languages.includes(tag));
  for (const [tag, words] of shown) {
    const button = make("button", { type: "button", lang: tag, dir: "auto", textContent: words });
    button.addEventListener("click", () => {
      text.value = words;
      submit();
    });
    find("examples").append(make("li", {}, button));
  }
  const many = info.languages.length;
  find("welcome").textContent = `Search ${info.pictures.toLocaleString()} pictures in `
    + (many > 1 ? `any of ${many} languages` : "any language");
}

try {
  info = await askServer("/api/info");
  begin();
  await readAddress();
} catch (error) {
  fail(error.message);
}
