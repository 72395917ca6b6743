import { find } from "/dom.js";

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
