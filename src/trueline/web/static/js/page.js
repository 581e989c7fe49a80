// What a page gains from a script: dialogs, menus that close, messages that go away, copying. Each works without it.
"use strict";

(() => {
  function openDialog(event, link) {
    const dialog = document.getElementById(link.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  }

  function closeDialog(event, control) {
    const dialog = control.closest("dialog");
    if (!dialog?.open) return;
    event.preventDefault();
    dialog.close();
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 2000);
  }

  // Whoever signs in next at this browser shall not see where somebody went before.
  if (location.pathname.startsWith("/account/log")) {
    for (const name of Object.keys(localStorage)) if (name.startsWith("recent:")) localStorage.removeItem(name);
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    closeMenus(event.target);
    if (at("[data-dialog]")) openDialog(event, at("[data-dialog]"));
    else if (at("[data-close]")) closeDialog(event, at("[data-close]"));
    else if (at("[data-dismiss]")) at("[data-dismiss]").closest(".notice").remove();
    else if (at("[data-copy]")) copy(at("[data-copy]"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // Bulk work: the bar says how many are chosen, and one box chooses the whole page.
  const boxes = () => [...document.querySelectorAll("[type=checkbox][form=bulk]")];

  function tellChosen() {
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    const chosen = boxes().filter((box) => box.checked).length;
    const told = bar.querySelector("[data-bulk-count]");
    told.textContent = chosen === 0 ? told.dataset.none : `${told.dataset.some} ${chosen}`;
    bar.classList.toggle("is-on", chosen > 0);
    for (const control of bar.querySelectorAll("select, button")) control.disabled = chosen === 0;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-choose-all], [form=bulk]")) tellChosen();
  });
  document.addEventListener("DOMContentLoaded", tellChosen);
  window.addEventListener("pageshow", tellChosen);

  // A select in a filter bar applies itself; the button stays for those without a script.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-apply]");
    if (form && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
})();
