// A record of a list opens beside it as a drawer, under the record's own address: back closes it, a reload shows the page.
// The list keeps its filters and its place, since it never goes away, and another of its records takes the drawer over.
// On a phone, or without a script, the page opens.
"use strict";

(() => {
  const WIDE = "(min-width: 1000px)";
  let drawer = null;
  let opener = null;

  async function content(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { main: page.getElementById("content"), title: page.title };
  }

  function frame(main) {
    const made = document.getElementById("drawer-frame").content.cloneNode(true).firstElementChild;
    made.querySelector("[data-drawer-body]").append(...main.childNodes);
    const heading = made.querySelector("h1");
    heading.id = "drawer-heading";
    heading.tabIndex = -1;
    made.setAttribute("aria-labelledby", heading.id);
    return made;
  }

  async function show(address) {
    let found;
    try {
      found = await content(address);
    } catch {
      location.assign(address);
      return;
    }
    drawer?.remove();
    drawer = document.body.appendChild(frame(found.main));
    htmx.process(drawer);
    document.title = found.title;
    drawer.querySelector("h1").focus();
  }

  function hide() {
    drawer.remove();
    drawer = null;
    document.title = history.state?.title ?? document.title;
    opener?.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer-close]")) {
      event.preventDefault();
      history.back();
      return;
    }
    const link = event.target.closest("a[data-drawer]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !matchMedia(WIDE).matches) return;
    event.preventDefault();
    opener = link;
    history.replaceState({ ...history.state, title: document.title }, "");
    history.pushState({ drawer: link.href }, "", link.href);
    show(link.href);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer && !document.querySelector("dialog[open]")) history.back();
  });

  addEventListener("popstate", (event) => {
    if (event.state?.drawer) show(event.state.drawer);
    else if (drawer) hide();
  });
})();
