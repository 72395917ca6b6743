/// The window that shows one picture: a hit, or the one that is searched with.

import { cosine, find, make } from "/dom.js";
import { direction } from "/languages.js";
import { buttons, focusHit, showPicture } from "/results.js";

export const dialog = find("detail");

/// What is shown: {hit} or {file, address}.
export let shown = null;
/// The list that the hit is from and its place in it, if it is from one.
let list = null;
let index = -1;

function show(value) {
  const { hit, file, address } = shown = value;
  const picture = find("detail-picture"), caption = find("detail-caption");
  if (hit) showPicture(picture, hit, 1280);
  else picture.src = address;
  picture.alt = caption.textContent = hit ? hit.caption ?? hit.name : file.name;
  caption.lang = hit?.caption_language ?? "";
  caption.dir = direction(hit?.caption_language);
  find("original").hidden = find("similar").hidden = !hit;
  if (hit) find("original").href = hit.picture;
  const size = hit?.width && hit?.height ? `${hit.width} × ${hit.height} pixels` : null;
  const facts = [
    ["Score", typeof hit?.score === "number" ? cosine(hit.score) : null], ["Name", hit?.name],
    ["Concept", hit?.concept], ["Size", size], ["Source", hit?.source], ["License", hit?.license],
  ];
  find("facts").replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value]) => [
    make("dt", { textContent: name }), make("dd", { textContent: value, dir: "auto" }),
  ]));
  dialog.dataset.id = hit?.id ?? "";
  if (!dialog.open) dialog.showModal();
  dialog.dispatchEvent(new Event("shown"));
}

/// Opens the window on a hit of a list; arrow keys go to its neighbours, Esc closes it.
export function openHit(from, at) {
  const hit = buttons(from)[at]?.hit;
  if (!hit) return;
  [list, index] = [from, at];
  show({ hit });
}

/// Opens the window on a picture of the index of which no more is known than its number.
export function openNumber(id) {
  [list, index] = [null, -1];
  show({ hit: { id, picture: `/api/picture/${id}`, name: `Picture ${id}` } });
}

/// Opens the window on a file that was chosen.
export function openFile(file, address) {
  [list, index] = [null, -1];
  show({ file, address });
}

dialog.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !list || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  openHit(list, index + step);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  shown = null;
  if (list) focusHit(list, index);
});
