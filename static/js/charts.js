"use strict";
// Draws what a table on the page says. The page works without this file: then the table shows.
//
// <figure class="plot" data-chart="ID"> holds a table, followed by {{ data|json_script:"ID" }}:
// {"kind": "line" or "bar", "labels": [...], "series": [{"name": "...", "values": [...], "colour": "mine",
//  "right": true for an axis of its own, "reverse": true where less is better on it, "look": "filled" or "dashed"}],
//  "x": "title of the axis"}.
// A colour is the name of a token of leaderboard/tokens.css.

const COLOURS = ["accent", "theirs", "soft", "gold"];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function options(data) {
  const soft = token("soft");
  const right = data.series.find((each) => each.right);
  const left = data.series.find((each) => !each.right);
  const axis = (title, more) => ({
    title: { display: Boolean(title), text: title, color: soft },
    ticks: { color: soft, maxRotation: 0, autoSkipPadding: 16, ...more },
    grid: { color: token("line") },
    border: { color: token("line") },
  });
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: { legend: { display: data.series.length > 1, labels: { color: token("ink"), boxWidth: 28, boxHeight: data.kind === "line" ? 0 : 10 } } },
    scales: {
      x: { ...axis(data.x), grid: { display: false } },
      y: { ...axis(right && left ? left.name : "", { precision: 0 }), beginAtZero: true, grace: "10%" },
      ...(right && {
        right: {
          ...axis(right.name, { precision: 0 }),
          position: "right",
          grid: { display: false },
          ...(right.reverse ? { reverse: true, min: 1, suggestedMax: Math.max(...right.values) + 1 } : { beginAtZero: true, grace: "10%" }),
        },
      }),
    },
  };
}

function dataset(series, n, kind) {
  const colour = token(series.colour || COLOURS[n % COLOURS.length]);
  return {
    label: series.name,
    yAxisID: series.right ? "right" : "y",
    data: series.values,
    borderColor: colour,
    backgroundColor: series.look === "filled" ? token("accent-wash") : colour,
    fill: series.look === "filled",
    borderDash: series.look === "dashed" ? [5, 4] : [],
    borderWidth: kind === "line" ? 2 : 0,
    borderRadius: kind === "bar" ? 3 : 0,
    order: series.look === "filled" ? 1 : 0, // what is filled lies below the lines
    clip: 8, // a point on the frame is drawn whole
    pointRadius: series.values.length > 40 ? 0 : 2,
    tension: 0.2,
  };
}

function draw(figure) {
  const source = document.getElementById(figure.dataset.chart);
  if (!source) return;
  const data = JSON.parse(source.textContent);
  if (!data.labels.length) return;
  let box = figure.querySelector(".chart");
  if (!box) {
    box = document.createElement("div");
    box.className = "chart";
    box.append(document.createElement("canvas"));
    const details = figure.querySelector("details");
    if (details) details.open = false;
    figure.querySelector("figcaption").after(box);
  }
  const canvas = box.firstElementChild;
  canvas.setAttribute("aria-hidden", "true"); // the table says the same
  Chart.getChart(canvas)?.destroy();
  new Chart(canvas, {
    type: data.kind,
    data: { labels: data.labels, datasets: data.series.map((each, n) => dataset(each, n, data.kind)) },
    options: options(data),
  });
}

function drawAll(root) {
  for (const figure of root.querySelectorAll("[data-chart]")) draw(figure);
}

drawAll(document);
document.addEventListener("htmx:afterSettle", () => drawAll(document));
document.addEventListener("console:replaced", () => drawAll(document));
for (const colours of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(colours).addEventListener("change", () => drawAll(document));
}
