// Theme and density: the choice is a cookie, so that the server draws the page right before any script runs.
"use strict";

(() => {
  const YEAR_SECONDS = 31536000;
  const root = document.documentElement;
  root.dataset.js = "";

  function choose(name, value) {
    const keep = value === "" ? 0 : YEAR_SECONDS;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=${keep}; samesite=lax${secure}`;
    if (value === "") delete root.dataset[name];
    else root.dataset[name] = value;
    show(name);
  }

  function show(name) {
    const current = root.dataset[name] ?? "";
    for (const button of document.querySelectorAll(`[data-choose="${name}"]`)) {
      button.setAttribute("aria-pressed", String(button.value === current));
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) choose(button.dataset.choose, button.value);
  });

  document.addEventListener("DOMContentLoaded", () => ["theme", "density"].forEach(show));
})();
