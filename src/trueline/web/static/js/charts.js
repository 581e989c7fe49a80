// Charts: each reads its numbers from the page and draws them in the page's own colours. The same numbers stand beside it
// as a table, so a page without a script, or a reader who does not see it, loses nothing.
"use strict";

(() => {
  // The policy of the pages allows no style attribute; the same text set through the object model is no such attribute.
  const setAttribute = SVGElement.prototype.setAttribute;
  SVGElement.prototype.setAttribute = function set(name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const drawn = new Map();
  const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // A token may name one colour for each theme, so the browser is asked what it is here and now.
  function colours(element, isPrinted) {
    const probe = element.appendChild(document.createElement("span"));
    if (isPrinted) probe.style.colorScheme = "light";
    const colour = (token) => {
      probe.style.color = `var(--${token})`;
      return getComputedStyle(probe).color;
    };
    const names = ["ink", "ink-2", "ink-3", "line", "surface", "raised", "accent", "critical", "high", "medium", "low", "info", "good"];
    const found = Object.fromEntries(names.map((name) => [name, colour(name)]));
    probe.remove();
    return found;
  }

  const base = (colour, told) => ({
    animation: false,
    textStyle: { fontFamily: "Inter Variable, Inter, system-ui, sans-serif", color: colour["ink-3"], fontSize: 12 },
    grid: { left: 8, right: told.right ?? 16, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, transitionDuration: isCalm() ? 0 : 0.2,
      backgroundColor: colour.raised, borderColor: colour.line, textStyle: { color: colour.ink, fontSize: 12 },
      axisPointer: { type: told.kind === "bars" ? "shadow" : "line", lineStyle: { color: colour["ink-3"] } },
      formatter: (rows) => [told.labels[rows[0].dataIndex],
        ...rows.map((row) => `${row.seriesName}: ${row.value === null || row.value === "-" ? told.unknown : Math.abs(row.value)}`)].join("\n"),
    },
    xAxis: {
      type: "category", data: told.short, boundaryGap: told.kind === "bars", axisTick: { show: false },
      axisLine: { lineStyle: { color: colour.line } }, axisLabel: { color: colour["ink-3"], hideOverlap: true },
    },
    yAxis: {
      type: "value", minInterval: 1, splitLine: { lineStyle: { color: colour.line } },
      axisLabel: { color: colour["ink-3"], formatter: (value) => Math.abs(value).toLocaleString(document.documentElement.lang) },
    },
  });

  const series = {
    trend: (one, colour) => ({
      type: "line", step: "end", symbol: "circle", symbolSize: 5, showSymbol: Boolean(one.alone), connectNulls: false,
      lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid" }, areaStyle: one.filled ? { opacity: 0.08 } : undefined,
      endLabel: { show: true, color: colour[one.tone], fontWeight: 600, formatter: (at) => `${at.value}` },
    }),
    bars: (one) => ({ type: "bar", stack: "all", barMaxWidth: 24, itemStyle: { decal: one.hatched ? { symbol: "rect" } : undefined } }),
  };

  function option(frame, told, isPrinted) {
    const colour = colours(frame, isPrinted);
    const lines = told.series.map((one) => ({
      name: one.name, data: one.values, color: colour[one.tone], ...series[told.kind](one, colour),
    }));
    return { ...base(colour, told), series: lines };
  }

  function draw(frame, isPrinted = false) {
    const canvas = frame.querySelector("[data-canvas]");
    const told = JSON.parse(document.getElementById(frame.dataset.chart).textContent);
    const chart = drawn.get(frame)?.chart ?? echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(option(frame, told, isPrinted), true);
    if (!drawn.has(frame)) steer(frame, canvas, chart, told);
    drawn.set(frame, { chart, told });
  }

  // Arrows walk the points, Enter opens what a point stands for; what is under the mark is also said.
  function steer(frame, canvas, chart, told) {
    const last = told.labels.length - 1;
    let at = last + 1;
    const go = () => { if (told.urls?.[at]) location.assign(told.urls[at]); };
    function show() {
      chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
      const said = told.series.map((one) => `${one.name} ${one.values[at] === null ? told.unknown : Math.abs(one.values[at])}`);
      frame.querySelector("[data-said]").textContent = `${told.labels[at]}: ${said.join(", ")}`;
    }
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        event.preventDefault();
        at = Math.min(Math.max(at + step, 0), last);
        show();
      } else if (event.key === "Enter") go();
    });
    canvas.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
    chart.on("click", (event) => { at = event.dataIndex; go(); });
    new ResizeObserver(() => chart.resize()).observe(canvas);
  }

  const all = (isPrinted = false) => {
    if (window.echarts) document.querySelectorAll("[data-chart]").forEach((frame) => draw(frame, isPrinted));
  };

  // What draws the charts weighs more than the rest of the page, so it comes once the page has been painted.
  const source = document.currentScript.dataset.engine;
  function bring() {
    const engine = document.createElement("script");
    engine.src = source;
    engine.addEventListener("load", () => all());
    document.head.append(engine);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-chart]")) requestAnimationFrame(() => setTimeout(bring));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all());
  new MutationObserver(() => all()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => all(true));
  addEventListener("afterprint", () => all());
})();
