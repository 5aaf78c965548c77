"use strict";
// Draws the table of days as a chart; without this file, or without a word of it, the table is there.

function drawDays(table) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const rows = [...table.tBodies[0].rows];
  const numbers = (cell) => rows.map((row) => (row.cells[cell].dataset.n ? Number(row.cells[cell].dataset.n) : null));
  const [, score, place] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const canvas = document.getElementById("days-chart");
  const axis = (position, more) => ({
    position, border: { display: false }, ticks: { color: colour("--soft"), precision: 0, maxTicksLimit: 6 }, ...more,
  });
  drawDays.chart?.destroy();
  drawDays.chart = new Chart(canvas, {
    type: "line",
    data: {
      labels: rows.map((row) => row.cells[0].textContent),
      datasets: [
        { label: score, data: numbers(1), yAxisID: "score", borderColor: colour("--mine"), backgroundColor: colour("--accent-wash"), fill: true, tension: 0.25, pointRadius: 0, borderWidth: 2.5 },
        { label: place, data: numbers(2), yAxisID: "place", borderColor: colour("--theirs"), borderDash: [5, 4], tension: 0.25, pointRadius: 0, borderWidth: 2 },
      ],
    },
    options: {
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 400 },
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { labels: { color: colour("--ink"), boxWidth: 18, boxHeight: 2 } } },
      scales: {
        x: { ticks: { color: colour("--soft"), maxRotation: 0, autoSkipPadding: 24 }, grid: { display: false } },
        score: axis("left", { beginAtZero: true, grid: { color: colour("--line") } }),
        place: axis("right", { reverse: true, min: 1, grid: { display: false } }),
      },
    },
  });
  canvas.parentElement.hidden = false;
}

function startChart() {
  const table = document.getElementById("days-table");
  if (!table || typeof Chart === "undefined") return;
  const details = table.closest("details");
  details.open = false;
  drawDays(table);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawDays(table));
}

startChart();
