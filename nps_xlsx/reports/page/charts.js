"use strict";
// The charts of the page as Vega-Lite, without figures: the page fills these in as the reader chooses. The name of each
// row is above its marks, so that long names need no margin and a chart is as clear on a telephone as on paper.

/** The charts by name, for levels of these steps of the ramp; the page sets their widths, figures and parameters. */
const chartsOf = (steps) => {
  const root = getComputedStyle(document.documentElement);
  const look = (name) => root.getPropertyValue(`--${name}`).trim();
  const numbers = steps.map((_, n) => n + 1);
  const grounds = steps.map((step) => look(`step-${step}`));
  const inks = steps.map((step) => look(`step-${step}-ink`));
  // Sizes and places in pixels: a row with its name, the bar in it, and from the row's middle its name and its bar.
  const [ROW, BAR, NAME_UP, BAR_DOWN] = [46, 18, -13, 9];
  const ROOM = 84; // kept free for the figure after a bar or a name
  const EDGE = { stroke: look("accent"), strokeWidth: 0.5 }; // the lightest steps would be lost on white

  const word = (field) => ({ field, type: "nominal" });
  const quantity = (field) => ({ field, type: "quantitative" });
  const parameter = (name, value) => ({ name, value });
  const calculated = (expr) => ({ expr });
  const there = (field) => [{ filter: `isValid(datum.${field})` }];
  const layer = (type, mark, encoding, transform = []) => ({ mark: { type, ...mark }, encoding, transform });
  /** The rows in their own order; a mark in the middle of its row, or at the top (0). */
  const y = (bandPosition = 0.5) => ({
    ...word("row"), sort: null, axis: null, bandPosition, scale: { type: "band", paddingInner: 0, paddingOuter: 0 },
  });
  const inRow = (type, mark, encoding, transform) =>
    layer(type, { yOffset: BAR_DOWN, ...mark }, { y: y(), ...encoding }, transform);
  const ramp = { field: "number", type: "ordinal", legend: null, scale: { domain: numbers, range: grounds } };
  const levels = (field, title, domain) => ({
    ...quantity(field), scale: { domain, zero: false }, axis: { values: numbers, format: "d", title, offset: 4 },
  });

  const text = { labelFont: look("font"), labelFontSize: 12, labelColor: look("ink") };
  const config = {
    aria: false, // the chart's label and the table say what it shows: a screen reader need not read a hundred marks
    background: "transparent",
    padding: { left: 1, right: 6, top: 2, bottom: 2 },
    view: { stroke: null },
    axis: {
      ...text, titleFont: look("font"), titleFontSize: 12, titleColor: look("quiet"), titleFontWeight: "normal",
      gridColor: look("rule"), gridWidth: 0.5, tickColor: look("rule"), domain: false,
    },
    legend: text,
    text: { font: look("font"), fontSize: 12, color: look("ink") },
  };
  const chart = (step, layer, params) => ({ config, data: { name: "rows" }, height: { step }, layer, params });
  /** The layers below each row's name on the left and its figure on the right. */
  const named = (layers, params = []) => {
    const once = [{ filter: "datum.first" }]; // a row may come as several, one per level
    const mark = { baseline: "middle", yOffset: NAME_UP };
    const limit = calculated("width - length_of_figure");
    const name = inRow("text", { ...mark, align: "left", limit }, { x: { value: 0 }, text: word("row") }, once);
    const right = { ...mark, align: "right", color: look("quiet") };
    const figure = inRow("text", right, { x: { value: "width" }, text: word("text") }, once);
    return chart(ROW, [...layers, name, figure], [...params, parameter("length_of_figure", ROOM)]);
  };
  // A hairline above each row, so that name, marks and figure are seen together.
  const parted = layer("rule", { color: look("rule"), strokeWidth: 0.5 }, { y: y(0) });

  /** One key area: a bar per level, for how often it was given. */
  const area = () => {
    const scale = { domain: [0, calculated("most")], range: [0, calculated(`width - ${ROOM}`)] };
    const place = {
      y: { ...word("level"), sort: null, title: null, axis: { ticks: false, domain: false, labelPadding: 8 } },
      x: { ...quantity("share"), axis: null, scale },
    };
    const bars = layer("bar", { size: 15, ...EDGE }, { ...place, color: ramp });
    const figures = layer("text", { align: "left", dx: 5 }, { ...place, text: word("text") });
    return chart(22, [bars, figures], [parameter("most", 1)]);
  };

  /** The behaviours of a key area: the shares of councils at each level, which add up to the whole. */
  const behaviours = () => {
    const sort = [{ field: "number", order: "ascending" }];
    const stacked = [{ stack: "count", groupby: ["row"], as: ["from", "to"], offset: "normalize", sort }];
    const axis = { format: "%", tickCount: 4, grid: false, title: "Share of the levels given", offset: 4 };
    const from = { ...quantity("from"), axis, scale: { domain: [0, 1] } };
    const shares = inRow("bar", { size: BAR, ...EDGE }, { x: from, x2: { field: "to" }, color: ramp }, stacked);
    const middles = [
      ...stacked,
      { calculate: "(datum.from + datum.to) / 2", as: "middle" },
      { calculate: `${JSON.stringify(inks)}[datum.number - 1]`, as: "ink" },
      { filter: "datum.to - datum.from > 0.07" },
    ];
    const color = { ...word("ink"), scale: null };
    const shown = { x: quantity("middle"), text: quantity("count"), color };
    return named([shares, inRow("text", { yOffset: BAR_DOWN + 1, fontSize: 11 }, shown, middles)]);
  };

  /** The key areas: the average now, the average target, and a line between them. */
  const targets = () => {
    const x = levels("value", "Average level", [1, steps.length]);
    const legend = { orient: "top", title: null, symbolSize: 110 };
    const series = (range) => ({
      ...word("series"), legend, scale: { domain: ["Average current", "Average target"], range },
    });
    const looks = { fill: series([look("now"), look("paper")]), shape: series(["circle", "diamond"]) };
    const point = { size: 130, stroke: look("accent"), strokeWidth: 1.5, opacity: 1 };
    const way = { stroke: look("rule"), strokeWidth: 3 };
    const line = inRow("line", way, { x, detail: word("row") }, there("value"));
    return named([parted, line, inRow("point", point, { x, ...looks }, there("value"))]);
  };

  /** By how many levels all behaviours, and those of each key area, rose or fell. */
  const change = () => {
    const labelExpr = "datum.value == 0 ? '0' : format(datum.value, '+.1f')";
    const scale = { domain: [calculated("-most"), calculated("most")] };
    const x = { ...quantity("value"), scale, axis: { labelExpr, tickCount: 5, title: "Change in levels", offset: 4 } };
    const bars = inRow("bar", { size: BAR - 4, color: look("now") }, { x });
    const none = layer("rule", { color: look("ink") }, { x: { datum: 0, type: "quantitative" } });
    return named([parted, bars, none], [parameter("most", 1)]);
  };

  /** One council's behaviours: its level and target over the middle half of all councils. */
  const council = () => {
    const x = levels("low", "Level", [0.75, steps.length + 0.25]);
    const half = inRow("bar", { size: BAR, color: look("step-2") }, { x, x2: { field: "high" } });
    const tick = { size: BAR + 4, thickness: 2, color: look("ink"), opacity: 1 };
    const looks = { fillOpacity: 1, opacity: 1, stroke: look("accent"), strokeWidth: 1.5 };
    const point = (field, mark) => inRow("point", { ...looks, ...mark }, { x: quantity(field) }, there(field));
    const target = point("target", { shape: "diamond", fill: look("paper"), size: 190 });
    const now = point("now", { shape: "circle", fill: look("now"), size: 90 });
    return named([parted, half, inRow("tick", tick, { x: quantity("middle") }), target, now]);
  };

  return { area: area(), behaviours: behaviours(), targets: targets(), change: change(), council: council() };
};
