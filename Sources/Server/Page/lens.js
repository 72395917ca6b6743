/// One concept in two or more languages: what each finds, side by side.

import { ask, find, make } from "/dom.js";
import { direction, languageOptions, readersName, taken } from "/languages.js";
import { openHit } from "/detail.js";
import { focusHit, makeList, showHits } from "/results.js";

const view = find("lens"), texts = find("lens-texts"), columns = find("lens-columns");
const summary = find("lens-summary"), notes = find("lens-notes");
const shownHits = 12, most = 8;
let languages = [];
let asking = null;

export const isOpen = () => !view.hidden;

/// Tells which languages can be chosen.
export function setLanguages(tags) { languages = tags; }

function row(text, language) {
  const field = make("input", {
    type: "text", value: text, dir: "auto", maxLength: 1000, autocomplete: "off",
    spellcheck: false, placeholder: "the concept in one language", ariaLabel: "Text to compare",
  });
  const choice = make("select", { ariaLabel: "Its language" },
    new Option("detect", ""), ...languageOptions(languages));
  choice.value = languages.includes(language) ? language : "";
  const remove = make("button", {
    type: "button", className: "quiet", textContent: "×", ariaLabel: "Leave out this text",
  });
  const item = make("li", {}, field, choice, remove);
  remove.addEventListener("click", () => {
    item.remove();
    tidy();
    texts.querySelector("input")?.focus();
  });
  return item;
}

/// Two texts are the least, and where only they are left none can be taken away.
function tidy() {
  while (texts.children.length < 2) texts.append(row("", ""));
  for (const button of texts.querySelectorAll("button")) button.hidden = texts.children.length <= 2;
  find("lens-add").hidden = texts.children.length >= most;
}

const rows = () => [...texts.children].map((item) => ({
  text: item.querySelector("input").value.trim(), language: item.querySelector("select").value,
}));

/// Opens the view with texts, each with the tag of its language or “”.
export function open(given) {
  view.hidden = false;
  texts.replaceChildren(...given.map(({ text, language }) => row(text, language)));
  tidy();
  const empty = [...texts.querySelectorAll("input")].find((field) => !field.value);
  (empty ?? texts.querySelector("input")).focus();
}

export function close() {
  asking?.abort();
  view.hidden = true;
  texts.replaceChildren();
  clear();
}

function clear() {
  columns.replaceChildren();
  notes.replaceChildren();
  summary.textContent = "";
}

/// Adds the texts to the address of the page.
export function addTo(fields) {
  for (const { text, language } of rows().filter(({ text }) => text)) {
    fields.append("lens", text);
    fields.append("in", language);
  }
}

/// Reads the texts of the page's address; false if there are none.
export function readFrom(fields) {
  const given = fields.getAll("lens"), tags = fields.getAll("in");
  if (!given.length) {
    close();
    return false;
  }
  open(given.slice(0, most).map((text, index) => ({ text, language: tags[index] ?? "" })));
  return true;
}

/// Asks for the rankings and shows them. What is thrown has words for people, or is an AbortError.
export async function compare() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const fields = new URLSearchParams({ limit: shownHits });
  const asked = rows().filter(({ text }) => text);
  clear();
  if (asked.length < 2) {
    summary.textContent = "Write the concept in two languages or more.";
    return;
  }
  for (const { text, language } of asked) {
    fields.append("q", text);
    fields.append("language", language);
  }
  summary.textContent = "Comparing …";
  try {
    const found = await ask(`/api/lens?${fields}`, { signal: mine.signal });
    if (asking === mine) show(found);
  } catch (error) {
    if (asking === mine) summary.textContent = "";
    throw error;
  }
}

const name = ({ reading }) => (reading.language ? readersName(reading.language) : reading.text);

function show(found) {
  columns.replaceChildren(...found.columns.map((column, number) => {
    const list = make("ol", {
      className: "results", ariaLabel: `Found by “${column.reading.text}”, the best first`,
    });
    makeList(list);
    list.addEventListener("open", ({ detail }) => openHit(list, detail));
    list.addEventListener("part", ({ detail }) => {
      view.dispatchEvent(new CustomEvent("part", { detail }));
    });
    list.addEventListener("leave", () => texts.querySelector("input").focus());
    showHits(list, column.hits.map((placed) => placed.hit), (index) => {
      return [place(column.hits[index], number, found)];
    });
    for (const [index, placed] of column.hits.entries()) {
      if (placed.alone) list.children[index].classList.add("alone");
    }
    return make("section", {},
      make("h2", {
        textContent: column.reading.text, lang: column.reading.language ?? "",
        dir: direction(column.reading.language),
      }),
      make("p", { className: "soft", textContent: taken(column.reading) || name(column) }),
      list);
  }));
  notes.replaceChildren(...found.columns.filter(({ reading }) => reading.note).map(
    ({ reading }) => make("p", { className: "note", textContent: reading.note })));
  const many = found.pairs.length > 1;
  summary.replaceChildren(...found.pairs.map((pair) => agreement(pair, found, many)));
}

/// Where the others rank a hit: “#2 in English”.
function place(placed, number, found) {
  const others = placed.ranks.map((rank, other) => ({ rank, column: found.columns[other], other }))
    .filter(({ other }) => other !== number);
  const tags = new Set(found.columns.map(({ reading }) => reading.language));
  const where = ({ column, other }) => {
    if (tags.size < found.columns.length) return others.length > 1 ? `by ${other + 1}` : "there";
    return others.length > 1 ? column.reading.language : `in ${name(column)}`;
  };
  const ranks = others.map((one) => `#${one.rank.toLocaleString()} ${where(one)}`);
  return make("span", {
    className: "place", textContent: [placed.alone ? "only here" : "", ...ranks].filter(Boolean).join(" · "),
    title: others.map(({ rank, column }) => `Rank ${rank} by “${column.reading.text}”`).join("\n"),
  });
}

/// How far two texts agree, in a sentence.
function agreement(pair, found, many) {
  const shared = pair.overlaps.findLast(({ k }) => k <= shownHits);
  const number = (value) => (typeof value === "number" ? value.toLocaleString(undefined, {
    minimumFractionDigits: 2, maximumFractionDigits: 2,
  }) : "–");
  // Two texts of one language are labelled by their words.
  const isClear = new Set(found.columns.map(name)).size === found.columns.length;
  const [first, second] = [pair.first, pair.second].map((at) => found.columns[at])
    .map((column) => (isClear ? name(column) : `“${column.reading.text}”`));
  const lead = many ? `${first} – ${second}: ` : "";
  return make("span", {
    title: `Kendall’s τ ${number(pair.kendall)}, rank-biased overlap `
      + `${number(pair.biased_overlap)}, cosine of the texts ${number(pair.text_similarity)}`,
  },
    lead, make("strong", { textContent: `${shared.shared} of the first ${shared.k}` }),
    " in both; the order of all ", `${found.pictures.toLocaleString()} pictures agrees by `,
    make("strong", { textContent: number(pair.spearman) }), " (Spearman)");
}

find("lens-add").addEventListener("click", () => {
  texts.append(row("", ""));
  tidy();
  texts.lastElementChild.querySelector("input").focus();
});
find("lens-form").addEventListener("submit", (event) => {
  event.preventDefault();
  view.dispatchEvent(new Event("submitted"));
});
find("lens-close").addEventListener("click", () => {
  close();
  view.dispatchEvent(new Event("closed"));
});
