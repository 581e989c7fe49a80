// A record of a list opens beside it as a drawer, under the record's own address: back closes it, a reload shows the page.
// The list keeps its filters and its place, since it never goes away, and another of its records takes the drawer over.
// A form of the record is sent from where it stands, and the list behind shows what came of it.
// On a phone, or without a script, the page opens.
"use strict";

(() => {
  const WIDE = "(min-width: 1000px)";
  const BEHIND = ["#content", ".places"];
  const list = new URL(location.href); // what this document shows, whatever the address says later
  let drawer = null;
  let opener = null;

  async function ask(address, options = {}) {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { isGood: answer.ok, address: answer.url, page, main: page.getElementById("content"), title: page.title };
  }

  function frame(main) {
    const made = document.getElementById("drawer-frame").content.cloneNode(true).firstElementChild;
    made.querySelector("[data-drawer-body]").append(...main.childNodes);
    // The heading of the list stays the first one: everything in the drawer lies one level below.
    for (const one of made.querySelectorAll("h1, h2, h3, h4, h5")) one.setAttribute("aria-level", Number(one.tagName[1]) + 1);
    const heading = made.querySelector("h1");
    heading.id = "drawer-heading";
    heading.tabIndex = -1;
    made.setAttribute("aria-labelledby", heading.id);
    return made;
  }

  function put(found) {
    drawer?.remove();
    drawer = document.body.appendChild(frame(found.main));
    htmx.process(drawer);
    document.title = found.title;
    drawer.querySelector("h1").focus();
    tell(found);
  }

  function tell(found) {
    const said = found.page.querySelectorAll("#toasts > *");
    if (said.length > 0) document.getElementById("toasts").replaceChildren(...said);
  }

  async function show(address) {
    try {
      const found = await ask(address, { redirect: "error" });
      if (!found.isGood) throw new Error(address);
      put(found);
    } catch {
      location.assign(address);
    }
  }

  async function renewList() {
    const chosen = new Set([...document.querySelectorAll("[form=bulk]:checked")].map((box) => box.value));
    const { page } = await ask(list);
    for (const part of BEHIND) {
      const [old, now] = [document.querySelector(part), page.querySelector(part)];
      if (old && now) old.replaceChildren(...now.childNodes);
    }
    for (const box of document.querySelectorAll("[type=checkbox][form=bulk]")) {
      box.checked = chosen.has(box.value);
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    htmx.process(document.getElementById("content"));
    const address = CSS.escape(opener?.getAttribute("href") ?? "");
    opener = document.querySelector(`a[data-drawer][href="${address}"]`);
    if (!drawer) opener?.focus();
  }

  async function send(form, button) {
    let found;
    try {
      found = await ask(form.action, { method: "POST", body: new FormData(form, button) });
    } catch {
      form.submit();
      return;
    }
    settle(found, form.action);
    if (found.main) await renewList();
  }

  function settle(found, sentTo) {
    const { pathname } = new URL(found.address);
    if (!found.main) location.assign(found.address);
    else if (pathname === list.pathname) {
      tell(found);
      history.back();
    } else {
      // A refused form answers at the form's own address, which may not be one to look at.
      if (pathname !== new URL(sentTo).pathname) history.replaceState({ drawer: found.address }, "", found.address);
      put(found);
    }
  }

  function hide() {
    drawer.remove();
    drawer = null;
    document.title = history.state?.title ?? document.title;
    (opener ?? document.getElementById("content")).focus();
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

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const isPlain = form.method === "post" && !form.target && !form.querySelector("[type=file]");
    if (!drawer?.contains(form) || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer && !document.querySelector("dialog[open]")) history.back();
  });

  // After a reload of a record its document is that of the list's entry too, so the way back has to load the list.
  addEventListener("popstate", (event) => {
    const isHere = location.pathname === list.pathname;
    if (event.state?.drawer && !isHere) show(event.state.drawer);
    else if (!isHere) location.reload();
    else if (drawer) hide();
  });
})();
