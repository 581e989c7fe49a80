// Keys: g and a letter goes to a place, j and k walk a list, / searches, ? shows the map. One switch turns them off,
// because a single letter may be spoken by accident (WCAG 2.1.4).
"use strict";

(() => {
  const CHORD_MS = 1200;
  const OFF = "keys-off";
  let chordUntil = 0;

  const isOff = () => localStorage.getItem(OFF) !== null;
  const TAKES_LETTERS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const isTyping = (element) => element.closest(TAKES_LETTERS) !== null;

  function walk(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length === 0) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
    const row = rows[next];
    const target = row.querySelector("a, button, summary") ?? row.querySelector("input") ?? row;
    if (target === row) target.tabIndex = -1;
    target.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function press(selector, act = "click") {
    const target = document.querySelector(selector);
    target?.[act]();
    if (target?.matches("summary")) target.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    return target !== null;
  }

  // A letter first means what the entry in focus offers, then what the page does.
  function pressInRow(key) {
    const row = document.activeElement?.closest("[data-row]");
    const target = row?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    target?.click();
    return Boolean(target);
  }

  function handle(key) {
    const isChord = Date.now() < chordUntil;
    chordUntil = 0;
    if (isChord) return press(`[data-go="${CSS.escape(key)}"]`);
    if (key === "g") chordUntil = Date.now() + CHORD_MS;
    else if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "/") return press("[data-search], [type=search]", "focus");
    else if (key === "?") return press("[data-dialog=keys]");
    else return pressInRow(key) || press(`[data-shortcut="${CSS.escape(key)}"]`);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (isOff() || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (handle(event.key.toLowerCase())) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const toggle = document.querySelector("[data-keys-switch]");
    if (!toggle) return;
    toggle.checked = !isOff();
    toggle.addEventListener("change", () => {
      if (toggle.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    });
  });
})();
