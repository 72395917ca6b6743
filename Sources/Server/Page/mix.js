/// A question of several pictures and words that are added and taken away.

import { find, make } from "/dom.js";

const bar = find("mix"), list = find("mix-parts"), text = find("mix-text");

/// Each part: {text}, {like, label} or {file, address}, and a weight.
let parts = [];

export const isOpen = () => !bar.hidden;
export const count = () => parts.length;

function changed() {
  show();
  bar.dispatchEvent(new Event("changed"));
}

function show() {
  list.replaceChildren(...parts.map((part, index) => chip(part, index)));
  find("mix-hint").hidden = parts.length > 1;
}

function chip(part, index) {
  const isMinus = part.weight < 0;
  const name = part.text ? `“${part.text}”` : part.label;
  const change = (weight, place) => {
    part.weight = weight;
    changed();
    // The chips were made anew; the keyboard stays where it was.
    list.children[index]?.querySelector(place)?.focus();
  };
  const sign = make("button", {
    type: "button", className: "sign", textContent: isMinus ? "−" : "+",
    title: isMinus ? "Taken away" : "Added",
    ariaLabel: `${name} is ${isMinus ? "taken away; add it" : "added; take it away"} instead`,
  });
  sign.addEventListener("click", () => change(-part.weight, ".sign"));
  const weight = make("input", {
    className: "share", type: "number", min: "0.1", max: "10", step: "0.1", required: true,
    value: String(Math.abs(part.weight)), title: "Weight", ariaLabel: `Weight of ${name}`,
  });
  weight.addEventListener("change", () => {
    const value = Math.abs(weight.valueAsNumber);
    if (!(value > 0) || value > 10) weight.value = String(Math.abs(part.weight));
    else change(isMinus ? -value : value, ".share");
  });
  const remove = make("button", {
    type: "button", className: "quiet", textContent: "×", ariaLabel: `Leave out ${name}`,
  });
  remove.addEventListener("click", () => {
    if (part.address) URL.revokeObjectURL(part.address);
    parts.splice(index, 1);
    changed();
    (list.children[Math.min(index, parts.length - 1)]?.querySelector(".sign") ?? text).focus();
  });
  const shown = part.text !== undefined
    ? make("bdi", { textContent: part.text })
    : make("img", { src: part.address ?? `/api/picture/${part.like}?size=128`, alt: name });
  return make("li", { className: isMinus ? "part minus" : "part" }, sign, shown, weight, remove);
}

/// Adds parts; the same picture or words again take the place of those before.
export function add(...added) {
  for (const part of added) {
    const same = parts.findIndex((other) => part.file ? false
      : part.text !== undefined ? other.text === part.text : other.like === part.like);
    if (same >= 0) parts[same] = part;
    else parts.push(part);
  }
  bar.hidden = false;
  changed();
}

/// Opens the bar for the first part.
export function open() {
  bar.hidden = false;
  show();
  text.focus();
}

export function close() {
  for (const part of parts) if (part.address) URL.revokeObjectURL(part.address);
  parts = [];
  bar.hidden = true;
  show();
}

/// Adds the parts to the address of the page: “1*text*red”, “-0.5*like*12”. Files have no address.
export function addTo(fields) {
  for (const part of parts.filter((part) => !part.file)) {
    const kind = part.text === undefined ? `like*${part.like}` : `text*${part.text}`;
    fields.append("part", `${part.weight}*${kind}`);
  }
}

/// Reads the parts of the page's address.
export function readFrom(fields) {
  close();
  for (const field of fields.getAll("part")) {
    const [, weight, kind, value] = /^(-?\d+(?:\.\d+)?)\*(like|text)\*(.+)$/s.exec(field) ?? [];
    if (!kind || !Number(weight)) continue;
    parts.push(kind === "text" ? { text: value, weight: Number(weight) }
      : { like: Number(value), label: `picture ${value}`, weight: Number(weight) });
  }
  bar.hidden = parts.length === 0;
  show();
}

const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(new Error(`“${file.name}” cannot be read any more.`));
  reader.readAsDataURL(file);
});

/// The request's body: the parts, without whose pictures the hits are wanted.
export async function body(language, limit) {
  const operands = await Promise.all(parts.map(async ({ text, like, file, weight }) => ({
    text, like, weight, picture: file && await base64(file),
  })));
  return JSON.stringify({ operands, limit, language: language || null, leave_out_pictures: true });
}

find("mix-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return text.focus();
  text.value = "";
  add({ text: words, weight: event.submitter?.id === "mix-minus" ? -1 : 1 });
});
find("mix-close").addEventListener("click", () => {
  close();
  bar.dispatchEvent(new Event("closed"));
});
