/// The list of hits and the window that shows one of them.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const format = (score) => score.toLocaleString(undefined, {
  minimumFractionDigits: 3, maximumFractionDigits: 3,
});

/// Shows a hit's picture in `image`, at most `side` pixels large where the file is larger or its size
/// unknown. What a browser cannot show as it is (TIFF, HEIC) is asked for again in a common format.
function showPicture(image, hit, side) {
  const small = `${hit.picture}&size=${side}`;
  const size = Math.max(hit.width ?? Infinity, hit.height ?? Infinity);
  image.onerror = () => {
    if (image.getAttribute("src") !== small) {
      image.src = small;
    } else {
      image.onerror = null;
      image.removeAttribute("src");
      image.alt = "This picture cannot be shown.";
    }
  };
  image.src = size > 1.5 * side ? small : hit.picture;
}

/// The direction of a caption: its language's, since its first letter may be of another script.
function direction(tag) {
  try {
    const locale = new Intl.Locale(tag);
    return (locale.getTextInfo?.() ?? locale.textInfo)?.direction ?? "auto";
  } catch {
    return "auto";
  }
}

/// Fills `list` with hits. Each is a button; only one of them is reached by Tab, arrows move between.
export function showHits(list, hits) {
  const best = Math.max(1e-6, hits[0]?.score ?? 0);
  list.replaceChildren(...hits.map((hit, index) => {
    const caption = hit.caption ?? hit.name;
    const bar = make("b");
    bar.style.inlineSize = `${Math.max(0, Math.min(1, hit.score / best)) * 100}%`;
    const picture = make("img", {
      alt: "", loading: index < 24 ? "eager" : "lazy", decoding: "async",
    });
    showPicture(picture, hit, 384);
    const button = make("button", {
      type: "button", className: "hit", tabIndex: index === 0 ? 0 : -1,
    },
      picture,
      make("span", {
        className: "caption", dir: direction(hit.caption_language),
        lang: hit.caption_language ?? "", textContent: caption,
      }),
      make("span", { className: "score", title: "Cosine of the query and the picture" },
        make("span", { textContent: format(hit.score) }), make("i", { ariaHidden: "true" }, bar)));
    button.hit = hit;
    return make("li", {}, button);
  }));
}

const buttons = (list) => [...list.querySelectorAll(".hit")];

/// Moves the keyboard to the hit at `index`; false if there is none.
export function focusHit(list, index) {
  const all = buttons(list);
  if (!all[index]) return false;
  for (const button of all) button.tabIndex = -1;
  all[index].tabIndex = 0;
  all[index].focus();
  return true;
}

/// How many hits stand in one row of the grid.
function columns(all) {
  const top = all[0]?.offsetTop;
  const next = all.findIndex((button) => button.offsetTop !== top);
  return next < 0 ? all.length : next;
}

const list = document.getElementById("results");

list.addEventListener("click", (event) => {
  const button = event.target.closest(".hit");
  if (!button) return;
  const index = buttons(list).indexOf(button);
  list.dispatchEvent(new CustomEvent("open", { detail: index }));
});

list.addEventListener("keydown", (event) => {
  const all = buttons(list);
  const at = all.indexOf(document.activeElement);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const wide = columns(all);
  const steps = {
    ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + wide, ArrowUp: at - wide,
    Home: 0, End: all.length - 1,
  };
  if (!(event.key in steps)) return;
  event.preventDefault();
  if (event.key === "ArrowUp" && at < wide) list.dispatchEvent(new CustomEvent("leave"));
  else focusHit(list, Math.max(0, Math.min(all.length - 1, steps[event.key])));
});

// One hit in a window of its own

/// Opens the window on the hit at `index`; arrow keys go to its neighbours, Esc closes it.
export function openDetail(dialog, list, index) {
  const hit = buttons(list)[index]?.hit;
  if (!hit) return;
  const part = (id) => document.getElementById(id);
  showPicture(part("detail-picture"), hit, 1280);
  part("detail-picture").alt = hit.caption ?? hit.name;
  part("detail-caption").textContent = hit.caption ?? hit.name;
  part("detail-caption").lang = hit.caption_language ?? "";
  part("detail-caption").dir = direction(hit.caption_language);
  part("original").href = hit.picture;
  const facts = [
    ["Score", format(hit.score)], ["Name", hit.name], ["Concept", hit.concept],
    ["Size", hit.width && hit.height ? `${hit.width} × ${hit.height} pixels` : null],
    ["Source", hit.source], ["Licence", hit.license],
  ];
  part("facts").replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value]) => [
    make("dt", { textContent: name }), make("dd", { textContent: value, dir: "auto" }),
  ]));
  dialog.dataset.id = hit.id;
  dialog.dataset.index = index;
  if (!dialog.open) dialog.showModal();
}

const dialog = document.getElementById("detail");
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  openDetail(dialog, list, Number(dialog.dataset.index) + step);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => focusHit(list, Number(dialog.dataset.index)));
