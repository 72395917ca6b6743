import { make, percent } from "/dom.js";

/// A language's name in the reader's language.
export function readersName(tag) {
  try {
    return new Intl.DisplayNames(navigator.languages, { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

/// A language in the reader's words and in its own: “Korean · 한국어”.
export function languageName(tag) {
  try {
    const own = new Intl.DisplayNames([tag], { type: "language" }).of(tag);
    const ours = readersName(tag);
    return own === ours ? own : `${ours} · ${own}`;
  } catch {
    return tag;
  }
}

/// The direction of a text in a language, since its first letter may be of another script.
export function direction(tag) {
  try {
    const locale = new Intl.Locale(tag);
    return (locale.getTextInfo?.() ?? locale.textInfo)?.direction ?? "auto";
  } catch {
    return "auto";
  }
}

/// Languages to choose from, by name.
export function languageOptions(tags) {
  const named = tags.map((tag) => [languageName(tag), tag]);
  named.sort(([a], [b]) => a.localeCompare(b));
  return named.map(([name, tag]) => new Option(name, tag));
}

/// How a text was taken, for people: “read as Korean, 98 %”; nothing where the asker said it.
export function taken(reading) {
  if (!reading.language || typeof reading.sureness !== "number") return "";
  return `read as ${readersName(reading.language)}, ${percent(reading.sureness)}`;
}

const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/// Shows below a question how its texts were taken, and what a person should know about it.
export function showReadings(place, readings) {
  const several = readings.length > 1;
  const lines = readings.filter(taken).map((reading) => make("span", {},
    ...(several ? [make("bdi", { textContent: `“${short(reading.text)}” ` })] : []), taken(reading)));
  const notes = readings.filter((reading) => reading.note).map((reading) => make("span", {
    className: "note", textContent: reading.note,
  }));
  place.replaceChildren(...lines, ...notes);
  place.hidden = !lines.length && !notes.length;
}
