// The palette: Ctrl-K or a link opens it, arrows choose, Enter goes there. Focus stays in the field; what is chosen is
// told by aria-activedescendant, so that a screen reader follows.
"use strict";

(() => {
  const palette = () => document.getElementById("palette");
  const field = () => palette().querySelector("[role=combobox]");
  const hits = () => [...palette().querySelectorAll("[role=option]")];

  function open() {
    if (!palette() || palette().open) return;
    palette().showModal();
    field().select();
    htmx.trigger(field(), "palette-open");
  }

  function choose(index) {
    const found = hits();
    if (found.length === 0) return field().removeAttribute("aria-activedescendant");
    const at = (index + found.length) % found.length;
    found.forEach((hit, number) => hit.setAttribute("aria-selected", String(number === at)));
    field().setAttribute("aria-activedescendant", found[at].id);
    found[at].scrollIntoView({ block: "nearest" });
  }

  const chosen = () => hits().findIndex((hit) => hit.getAttribute("aria-selected") === "true");

  function steer(event) {
    const steps = { ArrowDown: chosen() + 1, ArrowUp: chosen() - 1, Home: 0, End: -1 };
    const isEdge = event.key === "Home" || event.key === "End";
    if (event.key in steps && !(isEdge && field().value)) {
      event.preventDefault();
      choose(steps[event.key]);
    } else if (event.key === "Enter" && hits()[chosen()]) {
      event.preventDefault();
      hits()[chosen()].click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    } else if (palette()?.open && event.target === field()) steer(event);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) {
      event.preventDefault();
      open();
    } else if (event.target === palette()) palette().close();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "palette-hits") choose(0);
  });
})();
