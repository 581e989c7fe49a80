// A trace gains from a script: a chosen span opens beside the tree, the tree folds, and a search leaves what it finds.
// Without one, each span is a link to the same page, opened at that span.
"use strict";

(() => {
  const list = document.querySelector("[data-spans]");
  if (!list) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  const chunks = [...list.querySelectorAll("[data-chunk]")];
  const ROW_HEIGHT = 30;
  const depth = (row) => Number(/depth-(\d+)/.exec(row.className)[1]);

  // A chunk that is out of sight is not laid out, so it is told how high it would be; one without a row is no gap.
  function settle(some = chunks) {
    for (const chunk of some) {
      let shown = 0;
      for (const row of chunk.children) shown += !row.hidden;
      chunk.hidden = shown === 0;
      chunk.style.containIntrinsicHeight = `${shown * ROW_HEIGHT}px`;
    }
  }

  function choose(link) {
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const url = list.dataset.detail + link.getAttribute("href").replace("?span=", "?id=");
    htmx.ajax("GET", url, { target: "#span", swap: "innerHTML" });
    history.replaceState(history.state, "", link.getAttribute("href"));
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.target.closest("i")) fold(link.parentElement);
    else choose(link);
  });

  function below(row) {
    const from = rows.indexOf(row) + 1;
    let to = from;
    while (to < rows.length && depth(rows[to]) > depth(row)) to += 1;
    return rows.slice(from, to);
  }

  function fold(row, wanted = !row.classList.contains("is-folded")) {
    if (!row.querySelector("i")) return;
    row.classList.toggle("is-folded", wanted);
    let hiddenBelow = Infinity;
    for (const one of below(row)) {
      if (depth(one) <= hiddenBelow) hiddenBelow = Infinity;
      one.hidden = wanted || hiddenBelow < Infinity;
      if (!wanted && hiddenBelow === Infinity && one.classList.contains("is-folded")) hiddenBelow = depth(one);
    }
    settle();
  }

  function step(row, by) {
    for (let at = rows.indexOf(row) + by; at >= 0 && at < rows.length; at += by) {
      if (!rows[at].hidden) return rows[at].querySelector("a").focus();
    }
  }

  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") step(row, 1);
    else if (event.key === "ArrowUp") step(row, -1);
    else if (event.key === "ArrowLeft") fold(row, true);
    else if (event.key === "ArrowRight") fold(row, false);
    else return;
    event.preventDefault();
  });

  const find = document.querySelector("[data-find]");
  const told = document.querySelector("[data-found]");
  find?.addEventListener("input", () => {
    const words = find.value.trim().toLowerCase();
    let found = 0;
    for (const row of rows) {
      const isGone = words !== "" && !row.dataset.words.includes(words);
      if (row.classList.contains("is-folded")) row.classList.remove("is-folded");
      if (row.hidden !== isGone) row.hidden = isGone;
      if (!isGone) found += 1;
    }
    settle();
    told.textContent = words === "" ? "" : `${found} ${told.dataset.words}`;
  });

  list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
})();
