"use strict";
// Fills in the page for the councils that the reader chooses. Counts and sums come from the page's own data; averages
// are calculated here, exactly, in whole numbers. Vega-Lite draws.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const scale = data.scale;
  /** The step of the ramp that a level has, by its place in the scale. */
  const step = (n) => (scale.length < 2 ? 1 : 1 + Math.round((n * 4) / (scale.length - 1)));
  const specs = chartsOf(scale.map((_, n) => step(n)));
  const names = data.areas.flatMap((area) => area.behaviours);
  const NOTHING = "–";
  const WITHHELD = "not shown";

  // --- Words and numbers

  const whole = (n) => n.toLocaleString("en-GB");
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const many = (n, one, more) => `${whole(n)} ${n === 1 ? one : more}`;
  const percent = (part, all) => `${Math.floor((200 * part + all) / (2 * all))}%`;
  const share = (part, all) => (all ? `${whole(part)} (${percent(part, all)})` : "0");

  /** A mean in tenths, halves away from zero, as a spreadsheet rounds. */
  const tenths = (total, count) =>
    Math.sign(total) * Math.floor((20 * Math.abs(total) + count) / (2 * count));
  const decimal = (n) => `${Math.floor(n / 10)}.${n % 10}`;
  const average = ({ count, total }) => (count ? decimal(tenths(total, count)) : NOTHING);
  const signed = ({ count, total }) => {
    if (!count) return NOTHING;
    const n = tenths(total, count);
    return `${n > 0 ? "+" : n < 0 ? "−" : ""}${decimal(Math.abs(n))}`;
  };
  /** These cells, or as many that say "not shown". */
  const shown = (given, cells) => (given ? cells : cells.map(() => WITHHELD));
  const targetCells = (area) =>
    shown(Boolean(area.targets?.some(Boolean)), [average(area.target), whole(area.target.count)]);
  const withCount = (figure) => `${average(figure)} (${whole(figure.count)})`;
  const mean = ({ count, total }) => (count ? total / count : undefined);

  /** The number of levels and their sum, from the count of each. */
  const counted = (counts) => ({
    count: sum(scale.map((_, index) => counts[index])),
    total: sum(scale.map((level, index) => level.number * counts[index])),
  });
  const NONE = Array(scale.length + 2).fill(0);
  const added = (rows, width) =>
    Array.from({ length: width }, (_, index) => sum(rows.map((row) => row[index])));

  // --- Elements

  const element = (name, properties = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  };

  /** A table in a box that scrolls by itself; a cell is a text or an element. */
  const table = (box, caption, headings, rows, total = false) => {
    const captioned = element("caption", {}, caption);
    const top = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
    const body = rows.map((row, number) =>
      element(
        "tr",
        { className: total && number === rows.length - 1 ? "total" : "" },
        ...row.map((cell, index) => {
          if (!index) return element("th", { scope: "row" }, cell);
          return cell instanceof Node ? cell : element("td", {}, cell);
        }),
      ),
    );
    box.replaceChildren(
      element("table", {}, captioned, element("thead", {}, top), element("tbody", {}, ...body)),
    );
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", caption);
  };

  const part = (box, prefix, number, area, words) => {
    const chart = element("div", { id: `${prefix}-chart-${number}`, className: "chart" });
    chart.setAttribute("role", "img");
    const wide = element("div", { id: `${prefix}-table-${number}`, className: "wide" });
    const details = element("details", {}, element("summary", {}, words), wide);
    box.append(element("div", { className: "part" }, element("h3", {}, area.short), chart, details));
    return { chart, wide };
  };

  // --- Charts

  const views = new Map();

  /** Draws a chart, or redraws it with other figures; a hidden chart waits until it is visible. */
  const drawn = async (box, { spec, rows, label, signals: wanted = {} }) => {
    box.setAttribute("aria-label", label);
    if (!box.clientWidth) return;
    // A row's name is cut off where the figure on its right begins.
    const longest = Math.max(0, ...rows.map((row) => row.text.length));
    const signals = spec === "area" ? wanted : { ...wanted, length_of_figure: 8 + 6.4 * longest };
    if (!views.has(box)) {
      const own = { ...structuredClone(specs[spec]), width: box.clientWidth };
      own.data.values = rows;
      own.params = (own.params ?? []).map((one) =>
        one.name in signals ? { ...one, value: signals[one.name] } : one,
      );
      const { view } = await vegaEmbed(box, own, {
        mode: "vega-lite", renderer: "svg", actions: false, tooltip: false, defaultStyle: false,
        // Expressions are interpreted, not compiled: the page's policy forbids code made at run time.
        ast: true,
        // Vega-Lite warns about a chart that is fitted in width while its rows give the height.
        patch: (made) => ({ ...made, autosize: { type: "fit-x", contains: "padding" } }),
      });
      // Vega calls the box a graphics document; a screen reader should meet one picture, with the label's words.
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", label);
      box.removeAttribute("aria-roledescription");
      box.querySelector("svg").setAttribute("aria-hidden", "true");
      views.set(box, view);
      return;
    }
    const view = views.get(box);
    for (const [name, value] of Object.entries(signals)) view.signal(name, value);
    view.width(box.clientWidth).data("rows", rows);
    await view.runAsync();
  };

  /** Draws a box once at a time, in the order of the reader's choices. */
  const queues = new Map();
  const draw = (box, wanted) => {
    const done = (queues.get(box) ?? Promise.resolve()).then(() => drawn(box, wanted));
    queues.set(box, done);
    return done;
  };

  const fit = () => {
    for (const [box, view] of views) if (box.clientWidth) view.width(box.clientWidth).run();
  };

  // --- What was chosen

  const lists = [byId("region"), byId("type")];
  const positions = () => lists.map((list) => Number(list.value));
  const chosen = () => data.groups[positions().join(",")];
  const inside = ([region, kind]) => {
    const [wantedRegion, wantedKind] = positions();
    return [0, region].includes(wantedRegion) && [0, kind].includes(wantedKind);
  };
  const responses = (rows) => ({
    returned: sum(rows.map((row) => row[2])),
    asked: sum(rows.map((row) => row[3])),
  });
  const described = () => {
    const [region, kind] = positions();
    if (!region && !kind) return "All councils";
    const words = [kind ? data.types[kind - 1] : "All types", region ? data.regions[region - 1] : "all regions"];
    return words.join(", ");
  };

  /** The behaviours of each area with their counts, and the area's own counts over those that are shown. */
  const areas = (group) => {
    let from = 0;
    return data.areas.map((area, number) => {
      const to = from + area.behaviours.length;
      const levels = group.levels.slice(from, to);
      const targets = group.targets?.slice(from, to);
      from = to;
      const counts = added(levels.filter(Boolean), scale.length + 2);
      return {
        ...area, number, levels, targets, counts,
        isWithheld: !levels.some(Boolean),
        now: counted(counts),
        target: targets ? counted(added(targets.filter(Boolean), scale.length)) : { count: 0, total: 0 },
      };
    });
  };

  // --- Who returned

  const why = (group) => {
    const { returned } = responses(data.responses.filter(inside));
    if (group) return "";
    if (!returned) return "No council has returned yet.";
    if (returned < data.threshold) return `Fewer than ${data.threshold} councils: not shown.`;
    return `Not shown: with the other figures it could reveal those of fewer than ${data.threshold} councils.`;
  };

  const responseCell = ({ returned, asked }) => {
    if (!asked) {
      const dash = element("span", { ariaHidden: "true" }, NOTHING);
      return element("td", { className: "none" }, dash, element("span", { className: "unseen" }, "none asked"));
    }
    const step = Math.min(5, 1 + Math.floor((5 * returned) / asked));
    return element("td", { className: `step-${step}` }, `${whole(returned)} of ${whole(asked)}`);
  };

  const showResponses = () => {
    const [region, kind] = positions();
    const rows = data.responses.filter(inside);
    const across = data.types.map((name, index) => [name, index + 1]).filter(([, n]) => !kind || n === kind);
    const down = data.regions.map((name, index) => [name, index + 1]).filter(([, n]) => !region || n === region);
    const line = (name, own) => [
      name,
      ...across.map(([, n]) => responseCell(responses(own.filter((row) => row[1] === n)))),
      ...(across.length > 1 ? [responseCell(responses(own))] : []),
    ];
    const lines = down.map(([name, n]) => line(name, rows.filter((row) => row[0] === n)));
    if (down.length > 1) lines.push(line("All regions", rows));
    const headings = ["Region", ...across.map(([name]) => name), ...(across.length > 1 ? ["All types"] : [])];
    table(byId("response-table"), "Councils that returned, of those asked", headings, lines, down.length > 1);
  };

  // --- At a glance

  const showHeadlines = (group, own) => {
    const { returned, asked } = responses(data.responses.filter(inside));
    const counts = added(own.map((area) => area.counts), scale.length + 2);
    const now = own.length ? counted(counts) : { count: 0, total: 0 };
    const target = { count: sum(own.map((area) => area.target.count)), total: sum(own.map((area) => area.target.total)) };
    const withheld = group ? "" : returned ? "not shown" : "no return yet";
    const of = asked ? `of ${whole(asked)} asked (${percent(returned, asked)})` : "none asked";
    const rest = `${many(counts[scale.length], "answer", "answers")} not applicable, ${whole(counts[scale.length + 1])} blank`;
    const nearest = now.count && scale[Math.ceil((2 * now.total - now.count) / (2 * now.count)) - 1];
    const targets = target.count ? `over ${many(target.count, "target", "targets")}` : "no target shown";
    const cards = [
      ["Councils returned", whole(returned), of],
      ["Levels given", group ? whole(now.count) : NOTHING, withheld || rest],
      [
        "Average current level",
        average(now),
        withheld || (nearest ? `over ${many(now.count, "level", "levels")}; nearest is ${nearest.label}` : "no level given"),
      ],
      ["Average target level", average(target), withheld || targets],
    ];
    const made = cards.map(([name, figure, words]) =>
      element("div", {}, element("dt", {}, name), element("dd", { className: "figure" }, figure), element("dd", {}, words)),
    );
    byId("figures").replaceChildren(...made);
    const given = group ? `${many(now.count, "level", "levels")} given.` : why(group);
    byId("status").textContent = `${described()}: ${whole(returned)} of ${whole(asked)} returned. ${given}`;
  };

  // --- Key areas and behaviours

  const areaBoxes = data.areas.map((area, number) => {
    const chart = element("div", { id: `area-chart-${number}`, className: "chart" });
    chart.setAttribute("role", "img");
    const line = element("p", { className: "figures" });
    byId("area-charts").append(element("div", { className: "part" }, element("h3", {}, area.short), line, chart));
    return { chart, line };
  });
  const behaviourBoxes = data.areas.map((area, number) =>
    part(byId("behaviour-areas"), "behaviour", number, area, `Table: behaviours of “${area.short}”`),
  );
  const labels = scale.map((level) => level.label);
  const listed = (counts) => scale.map((level, n) => `${whole(counts[n])} at ${level.label}`).join(", ");
  const overLevels = ({ count }) => `over ${many(count, "level", "levels")}`;

  const showAreas = (own) => {
    const most = Math.max(0.01, ...own.flatMap((area) => scale.map((_, n) => area.counts[n] / (area.now.count || 1))));
    const rows = own.map((area) => [
      area.name,
      ...shown(!area.isWithheld, [
        average(area.now), whole(area.now.count),
        ...scale.map((_, n) => share(area.counts[n], area.now.count)),
      ]),
      ...targetCells(area),
    ]);
    const headings = ["Key area", "Average current", "Levels given", ...labels, "Average target", "Targets given"];
    table(byId("area-averages"), "Levels, averages and targets by key area", headings, rows);
    return own.map((area, number) => {
      const { chart, line } = areaBoxes[number];
      const figure = element("strong", {}, average(area.now));
      line.replaceChildren(...(area.isWithheld ? ["Not shown"] : ["Average ", figure, ` ${overLevels(area.now)}`]));
      return draw(chart, {
        spec: "area",
        signals: { most },
        label: area.isWithheld
          ? `${area.name}: ${WITHHELD}.`
          : `${area.name}: average ${average(area.now)} ${overLevels(area.now)}; ${listed(area.counts)}.`,
        rows: scale.map((level, n) => ({
          level: level.label, number: level.number,
          share: area.now.count ? area.counts[n] / area.now.count : 0,
          text: area.isWithheld ? "" : share(area.counts[n], area.now.count),
        })),
      });
    });
  };

  const showBehaviours = (own) =>
    own.map((area, number) => {
      const { chart, wide } = behaviourBoxes[number];
      const lines = area.behaviours.map((name, n) => {
        const counts = area.levels[n] ?? NONE;
        const now = counted(counts);
        const isShown = Boolean(area.levels[n]);
        return { name, counts, now, isShown, text: !isShown ? WITHHELD : now.count ? withCount(now) : "no level" };
      });
      const rows = lines.map(({ name, counts, now, isShown }) => [
        name,
        ...shown(isShown, [
          ...scale.map((_, n) => share(counts[n], now.count)),
          whole(counts[scale.length]), whole(counts[scale.length + 1]), average(now),
        ]),
      ]);
      const headings = ["Behaviour", ...labels, "Not applicable", "Not answered", "Average current"];
      table(wide, `${area.name}: councils at each level`, headings, rows);
      const gist = lines
        .map(({ name, now, isShown }) => (isShown ? `${name}, average ${average(now)} ${overLevels(now)}` : `${name}, ${WITHHELD}`))
        .join("; ");
      return draw(chart, {
        spec: "behaviours",
        label: `${area.name}, share of councils at each level. ${gist}.`,
        rows: lines.flatMap(({ name, counts, text }) =>
          scale.map((level, n) => ({ row: name, number: level.number, count: counts[n], first: !n, text })),
        ),
      });
    });

  // --- Targets and change

  const showTargets = (own) => {
    const rows = own.map((area) => [
      area.name, ...shown(!area.isWithheld, [average(area.now), whole(area.now.count)]), ...targetCells(area),
    ]);
    const averages = ["Average current", "Levels given", "Average target", "Targets given"];
    table(byId("targets-areas"), "Averages and targets by key area", ["Key area", ...averages], rows);
    const lines = own.flatMap((area) =>
      area.behaviours.map((name, n) => {
        const targets = area.targets[n] ?? NONE;
        const target = counted(targets);
        const now = counted(area.levels[n] ?? NONE);
        return [
          name,
          ...shown(Boolean(area.levels[n]), [average(now), whole(now.count)]),
          ...shown(Boolean(area.targets[n]), [
            average(target), whole(target.count), ...scale.map((_, index) => share(targets[index], target.count)),
          ]),
        ];
      }),
    );
    table(byId("targets-table"), "Targets for each behaviour", ["Behaviour", ...averages, ...labels], lines);
    const figures = (area) => {
      const target = area.targets.some(Boolean) ? withCount(area.target) : WITHHELD;
      return `${area.isWithheld ? WITHHELD : withCount(area.now)}, target ${target}`;
    };
    const gist = own.map((area) => `${area.short} ${figures(area)}`).join("; ");
    return draw(byId("targets-chart"), {
      spec: "targets",
      label: `Average current and target level by key area. ${gist}.`,
      rows: own.flatMap((area) =>
        [["Average current", area.now], ["Average target", area.target]].map(([series, figure], n) => ({
          row: area.short, series, value: mean(figure), first: !n,
          text: figures(area),
        })),
      ),
    });
  };

  const showChange = (group) => {
    const own = group.change.map((given) => ({ isShown: Boolean(given), count: given?.[0] ?? 0, total: given?.[1] ?? 0 }));
    const all = {
      isShown: true, count: sum(own.map((area) => area.count)), total: sum(own.map((area) => area.total)),
    };
    const lines = [["All behaviours", all], ...data.areas.map((area, n) => [area.name, own[n]])];
    const headings = ["Key area", "Change in levels", "Answers with a level in both rounds"];
    const rows = lines.map(([name, figure]) => [name, ...shown(figure.isShown, [signed(figure), whole(figure.count)])]);
    const inWords = (figure) => (figure.isShown ? `${signed(figure)} over ${many(figure.count, "answer", "answers")}` : WITHHELD);
    table(byId("change-table"), "Change since the earlier round, by key area", headings, rows);
    const short = ["All behaviours", ...data.areas.map((area) => area.short)];
    const means = lines.map(([, figure]) => mean(figure));
    return draw(byId("change-chart"), {
      spec: "change",
      signals: { most: Math.max(0.5, ...means.map((value) => Math.abs(value ?? 0))) },
      label: `Change in levels since the earlier round. ${lines.map(([name, figure]) => `${name} ${inWords(figure)}`).join("; ")}.`,
      rows: lines.map(([, figure], n) => ({
        row: short[n], value: means[n], first: true, text: figure.isShown ? `${signed(figure)} (${whole(figure.count)})` : WITHHELD,
      })),
    });
  };

  // --- One council

  const councilBoxes = data.councils
    ? data.areas.map((area, number) =>
        part(byId("council-areas"), "council", number, area, `Table: levels in “${area.short}”`),
      )
    : [];
  const answer = (level) => (level === "NA" ? "not applicable" : level ? String(level) : "no answer");
  const level = (value) => (Number.isInteger(value) ? value : undefined);

  const showCouncil = () => {
    const one = data.councils[byId("council").value];
    byId("council-status").textContent = one
      ? `${one.name}: ${whole(one.levels.filter(Number.isInteger).length)} of ${whole(names.length)} behaviours have a level.`
      : "No council has returned yet.";
    if (!one) return [];
    let from = 0;
    return data.areas.map((area, number) => {
      const lines = area.behaviours.map((name, n) => ({
        name, now: one.levels[from + n], target: one.targets[from + n], all: data.quartiles[from + n],
      }));
      from += lines.length;
      const { chart, wide } = councilBoxes[number];
      const headings = ["Behaviour", "Current", "Target", "Lower quartile of all", "Median of all", "Upper quartile of all", "Councils"];
      table(wide, `${one.name}: ${area.name}`, headings, lines.map(({ name, now, target, all }) => [
        name, answer(now), level(target) ? String(target) : target === "NA" ? "not applicable" : "no target",
        all?.low ?? NOTHING, all?.middle ?? NOTHING, all?.high ?? NOTHING, whole(all?.count ?? 0),
      ]));
      const figures = ({ now, all }) =>
        `${level(now) ? `at ${now}` : answer(now)}; ${all ? `median ${all.middle} (${whole(all.count)})` : "no median"}`;
      return draw(chart, {
        spec: "council",
        label: `${one.name}, ${area.name}. ${lines.map((line) => `${line.name} ${figures(line)}`).join(". ")}.`,
        rows: lines.map((line) => ({
          row: line.name, first: true, text: figures(line), now: level(line.now), target: level(line.target),
          low: line.all && Number(line.all.low), high: line.all && Number(line.all.high), middle: line.all && Number(line.all.middle),
        })),
      });
    });
  };

  // --- All of it

  const reveal = (id, shown, words) => {
    const section = byId(id);
    section.querySelector(".given").hidden = !shown;
    const withheld = section.querySelector(".withheld");
    withheld.hidden = shown;
    withheld.textContent = shown ? "" : words;
  };

  const show = async () => {
    const wanted = positions().join(",");
    const group = chosen();
    const own = group ? areas(group) : [];
    const reason = why(group);
    showResponses();
    showHeadlines(group, own);
    reveal("areas", Boolean(group), reason);
    reveal("behaviours", Boolean(group), reason);
    reveal("targets", Boolean(group?.targets), reason || "Too few councils gave targets for these to be shown.");
    const earlier = data.compared
      ? "Too few councils gave levels in both rounds for a change to be shown."
      : "There is no earlier round to compare with.";
    reveal("change", Boolean(group?.change), data.compared ? reason || earlier : earlier);
    const charts = [];
    if (group) charts.push(...showAreas(own), ...showBehaviours(own));
    if (group?.targets) charts.push(showTargets(own));
    if (group?.change) charts.push(showChange(group));
    await Promise.all(charts);
    if (wanted === positions().join(",")) document.documentElement.dataset.shown = wanted;
  };

  const fill = (list, first, options) =>
    list.replaceChildren(
      ...(first ? [element("option", { value: "0" }, first)] : []),
      ...options.map((name, n) => element("option", { value: String(first ? n + 1 : n) }, name)),
    );

  const start = async () => {
    fill(byId("region"), "All regions", data.regions);
    fill(byId("type"), "All types", data.types);
    byId("key").append(
      ...scale.map((one, n) => element("li", {}, element("span", { className: `swatch step-${step(n)}` }), one.label)),
    );
    for (const list of lists) list.addEventListener("change", show);
    byId("all").addEventListener("click", () => {
      for (const list of lists) list.value = "0";
      show();
    });
    byId("open").addEventListener("click", () => {
      for (const one of document.querySelectorAll("details")) one.open = true;
    });
    byId("print").addEventListener("click", () => window.print());
    if (data.councils) {
      fill(byId("council"), "", data.councils.map((one) => one.name));
      byId("council").addEventListener("change", showCouncil);
      await Promise.all(showCouncil());
    }
    window.addEventListener("resize", fit);
    window.addEventListener("beforeprint", () => {
      document.body.classList.add("paper");
      fit();
    });
    window.addEventListener("afterprint", () => {
      document.body.classList.remove("paper");
      fit();
    });
    await show();
  };
  start();
})();
