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

  // What was gone to lately, in this browser only; the sign-in page forgets it (page.js).
  const MOST = 5;
  const store = () => `recent:${palette().dataset.place}`;
  const recent = () => JSON.parse(localStorage.getItem(store()) ?? "[]");

  function remember(hit) {
    const gone = { url: hit.getAttribute("href"), text: hit.querySelector("span").textContent,
      detail: hit.querySelector("small")?.textContent ?? "" };
    const others = recent().filter((one) => one.url !== gone.url);
    localStorage.setItem(store(), JSON.stringify([gone, ...others].slice(0, MOST)));
  }

  function made(tag, text, attributes = {}) {
    const element = Object.assign(document.createElement(tag), { textContent: text });
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function showRecent(list) {
    const found = recent().filter((one) => one.url.startsWith("/"));
    if (found.length === 0 || field().value) return;
    const title = palette().dataset.recent;
    const group = made("div", "", { role: "group", "aria-label": title });
    group.append(made("p", title, { class: "palette-group", "aria-hidden": "true" }));
    found.forEach((one, number) => {
      const hit = made("a", "", { role: "option", "aria-selected": "false", id: `recent-${number}`, tabindex: "-1", href: one.url });
      hit.append(made("span", one.text), ...(one.detail ? [made("small", one.detail)] : []));
      group.append(hit);
    });
    list.prepend(group);
  }

  document.addEventListener("click", (event) => {
    const hit = event.target.closest("#palette-hits a[href]");
    if (hit) remember(hit);
    if (event.target.closest("[data-palette]")) {
      event.preventDefault();
      open();
    } else if (event.target === palette()) palette().close();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "palette-hits") return;
    showRecent(event.detail.target);
    choose(0);
  });
})();
