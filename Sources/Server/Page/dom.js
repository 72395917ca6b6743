/// What the other files of the page share.

export const find = (id) => document.getElementById(id);

export const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/// A cosine, with as many digits as mean something.
export const cosine = (score) => score.toLocaleString(undefined, {
  minimumFractionDigits: 3, maximumFractionDigits: 3,
});

export const percent = (share, digits = 0) => share.toLocaleString(undefined, {
  style: "percent", maximumFractionDigits: digits,
});

/// Asks the server and gives its answer.
///
/// What is thrown has words for people, or is an AbortError.
export async function ask(address, options) {
  let answer, json;
  try {
    answer = await fetch(address, options);
    json = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is “pictoglot serve” still running?");
  }
  if (!answer.ok) throw new Error(json.error);
  return json;
}

/// The options of a request that asks about a picture: a chosen file's bytes, or nothing where the
/// address names a picture of the index.
export const posting = (file) => file
  ? { method: "POST", body: file, headers: { "content-type": file.type } } : { method: "POST" };
