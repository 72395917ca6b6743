/// What can be asked about one picture: which labels fit, and where in it something is.

import { ask, cosine, find, make, percent, posting } from "/dom.js";
import { dialog, shown } from "/detail.js";
import { direction, readersName } from "/languages.js";

const labels = find("labels"), place = find("place"), status = find("ask-status");
const bars = find("bars"), heat = find("heat"), heatBar = find("heat-bar");
const strength = find("strength"), picture = find("detail-picture");

/// What is asked about the picture shown, as it stands in the address of the page.
let asked = { labels: "", place: "" };
let asking = null;
/// The rows and columns of numbers that are drawn over the picture.
let map = null;

/// Adds what is asked to the address of the page.
export function addTo(fields) {
  if (shown?.hit) fields.set("open", shown.hit.id);
  for (const name of ["labels", "place"]) {
    if (shown?.hit && asked[name]) fields.set(name, asked[name]);
  }
}

/// Asks what the address of the page asks, about the picture shown.
export async function askFrom(fields) {
  labels.value = fields.get("labels") ?? "";
  place.value = fields.get("place") ?? "";
  if (labels.value) await classify();
  if (place.value) await locate();
}

/// Asks the server about the picture shown; nothing comes back if meanwhile something else is asked.
async function request(path, fields, kind) {
  asking?.abort();
  const mine = (asking = new AbortController());
  status.textContent = "Looking …";
  status.classList.remove("wrong");
  const { hit, file } = shown;
  if (hit) fields.set("like", hit.id);
  try {
    const answer = await ask(`${path}?${fields}`, { ...posting(file), signal: mine.signal });
    if (asking !== mine || !shown) return null;
    status.textContent = "";
    asked[kind] = (kind === "labels" ? labels : place).value.trim();
    dialog.dispatchEvent(new Event("asked"));
    return answer;
  } catch (error) {
    if (error.name !== "AbortError" && asking === mine) {
      status.textContent = error.message;
      status.classList.add("wrong");
    }
    return null;
  }
}

// Labels

/// Labels may be separated as any script separates words of a list.
const separated = (text) => text.split(/[,;\n，、；،؛]/u).map((one) => one.trim()).filter(Boolean);

async function classify() {
  bars.replaceChildren();
  const fields = new URLSearchParams();
  for (const label of separated(labels.value)) fields.append("label", label);
  const answer = await request("/api/classify", fields, "labels");
  if (!answer) return;
  const best = [...answer.scores].sort((a, b) => b.probability - a.probability);
  bars.replaceChildren(...best.map((score, index) => {
    const bar = make("b");
    bar.style.inlineSize = percentage(score.probability);
    const language = score.language ? readersName(score.language) : "";
    return make("li", { className: index === 0 ? "best" : "" },
      make("span", {
        className: "label", textContent: score.label, lang: score.language ?? "",
        dir: direction(score.language), title: language && `Read as ${language}`,
      }),
      make("span", { className: "share", textContent: percent(score.probability, 1) }),
      make("i", { ariaHidden: "true" }, bar));
  }));
  const notes = answer.readings.map((reading) => reading.note).filter(Boolean);
  if (!answer.exclusive && best.length > 1) notes.unshift("Each label stands for itself.");
  status.textContent = notes.join(" ");
}

find("ask-labels").addEventListener("submit", (event) => {
  event.preventDefault();
  classify();
});

// Places

/// Colours from dark blue to yellow whose lightness rises evenly, so that every eye can distinguish
/// them (viridis: Smith, van der Walt 2015, five of its colours).
const colours = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

function colour(share) {
  const at = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const low = Math.min(Math.floor(at), colours.length - 2);
  return colours[low].map((from, part) => from + (colours[low + 1][part] - from) * (at - low));
}

const percentage = (share) => `${(share * 100).toFixed(3)}%`;

/// Lays the heat map over that part of the picture which it covers.
function layOut() {
  if (!map || !picture.naturalWidth) return;
  const { width, height, left, top } = picture.getBoundingClientRect();
  const stage = heat.offsetParent?.getBoundingClientRect() ?? { left, top };
  const scale = Math.min(width / picture.naturalWidth, height / picture.naturalHeight);
  const [wide, high] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
  const { region } = map;
  heat.style.left = `${left - stage.left + (width - wide) / 2 + region.left * wide}px`;
  heat.style.top = `${top - stage.top + (height - high) / 2 + region.top * high}px`;
  heat.style.width = `${region.width * wide}px`;
  heat.style.height = `${region.height * high}px`;
  // What a model sees beyond the picture's edges is not shown.
  const beyond = [
    -region.top / region.height, (region.left + region.width - 1) / region.width,
    (region.top + region.height - 1) / region.height, -region.left / region.width,
  ];
  heat.style.clipPath = `inset(${beyond.map((share) => percentage(Math.max(0, share))).join(" ")})`;
}

function draw() {
  const [low, high] = [Math.min(...map.values), Math.max(...map.values)];
  const small = make("canvas", { width: map.columns, height: map.rows });
  const pixels = small.getContext("2d").createImageData(map.columns, map.rows);
  map.values.forEach((value, cell) => {
    const share = high > low ? (value - low) / (high - low) : 0;
    pixels.data.set([...colour(share), 255], cell * 4);
  });
  small.getContext("2d").putImageData(pixels, 0, 0);
  heat.width = map.columns * 24;
  heat.height = map.rows * 24;
  const context = heat.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, heat.width, heat.height);
  find("low").textContent = cosine(low);
  find("high").textContent = cosine(high);
}

/// Where the largest value stands, in words: “at the top left”.
function strongest() {
  const cell = map.values.indexOf(Math.max(...map.values));
  const third = (at, count, names) => names[Math.min(2, Math.floor(((at + 0.5) / count) * 3))];
  const row = third(Math.floor(cell / map.columns), map.rows, ["top", "", "bottom"]);
  const column = third(cell % map.columns, map.columns, ["left", "", "right"]);
  return row || column ? `at the ${[row, column].filter(Boolean).join(" ")}` : "in the middle";
}

function clearMap() {
  map = null;
  heat.hidden = heatBar.hidden = true;
}

async function locate() {
  clearMap();
  const text = place.value.trim();
  const answer = await request("/api/heatmap", new URLSearchParams({ q: text }), "place");
  if (!answer) return;
  map = answer;
  draw();
  heat.hidden = heatBar.hidden = false;
  layOut();
  find("heat-on").checked = true;
  heat.setAttribute("aria-label", `Where “${text}” is: strongest ${strongest()}`);
  status.textContent = [`“${text}” is strongest ${strongest()}.`, answer.reading.note]
    .filter(Boolean).join(" ");
}

find("ask-place").addEventListener("submit", (event) => {
  event.preventDefault();
  locate();
});
find("heat-on").addEventListener("change", (event) => { heat.hidden = !event.target.checked; });
const setStrength = () => { heat.style.opacity = strength.value; };
strength.addEventListener("input", setStrength);
setStrength();
new ResizeObserver(layOut).observe(picture);
picture.addEventListener("load", layOut);

dialog.addEventListener("shown", () => {
  asking?.abort();
  asking = null;
  asked = { labels: "", place: "" };
  bars.replaceChildren();
  clearMap();
  status.textContent = "";
});
