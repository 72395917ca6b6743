/// Lists of hits.

import { cosine, make } from "/dom.js";
import { direction } from "/languages.js";

/// Shows a hit's picture in `image`, at most `side` pixels large where the file is larger or its size
/// unknown. What a browser cannot show as it is (TIFF, HEIC) is asked for again in a common format.
export function showPicture(image, hit, side) {
  const small = `${hit.picture}${hit.picture.includes("?") ? "&" : "?"}size=${side}`;
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

/// Fills `list` with hits. Each is a button; only one of them is reached by Tab, arrows move between.
///
/// `below(index)` makes what stands below a hit's score, if anything does.
export function showHits(list, hits, below = () => []) {
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
        make("span", { textContent: cosine(hit.score) }), make("i", { ariaHidden: "true" }, bar)),
      ...below(index));
    button.hit = hit;
    return make("li", {}, button);
  }));
}

export const buttons = (list) => [...list.querySelectorAll(".hit")];

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

/// Makes a list of hits obey clicks and keys. It tells of them by events: “open” with a hit's index,
/// “part” with a hit and 1 or −1 for more or less of it, and “leave” when arrows go up and out.
export function makeList(list) {
  const tell = (name, detail) => list.dispatchEvent(new CustomEvent(name, { detail }));

  list.addEventListener("click", (event) => {
    const button = event.target.closest(".hit");
    if (button) tell("open", buttons(list).indexOf(button));
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
    if (event.key === "+" || event.key === "-") {
      event.preventDefault();
      return tell("part", { hit: all[at].hit, weight: event.key === "+" ? 1 : -1 });
    }
    if (!(event.key in steps)) return;
    event.preventDefault();
    if (event.key === "ArrowUp" && at < wide) tell("leave");
    else focusHit(list, Math.max(0, Math.min(all.length - 1, steps[event.key])));
  });
}
