"use strict";
// The page works without this file; it ticks the countdown and brings in newer places.

function startCountdown() {
  const box = document.querySelector("[data-countdown]");
  if (!box) return;
  const until = Date.parse(box.dataset.countdown);
  // The server's clock decides; only the time passed since is taken from here.
  const began = Date.parse(box.dataset.now);
  const opened = performance.now();
  const speed = Number(box.dataset.speed);
  for (const part of box.querySelectorAll("[hidden]")) part.hidden = false;
  const tick = () => {
    const left = Math.max(0, Math.floor((until - began - (performance.now() - opened) * speed) / 1000));
    const units = {
      days: Math.floor(left / 86400),
      hours: Math.floor(left / 3600) % 24,
      minutes: Math.floor(left / 60) % 60,
      seconds: left % 60,
    };
    for (const [unit, value] of Object.entries(units)) {
      const text = unit === "days" ? value.toLocaleString(document.documentElement.lang) : String(value).padStart(2, "0");
      const place = box.querySelector(`[data-unit=${unit}]`);
      if (place.textContent !== text) place.textContent = text;
    }
    return left > 0;
  };
  clearInterval(startCountdown.timer);
  if (tick()) startCountdown.timer = setInterval(() => tick() || clearInterval(startCountdown.timer), 1000);
}

function replaceLiveParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (fresh.getElementById("rows") && !document.getElementById("rows")) {
    location.reload(); // the first ranking has come
    return;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.getElementById(part.id);
    // What has the focus stays, so that nobody loses their place.
    if (!newer || part.contains(document.activeElement) || newer.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...newer.childNodes);
  }
  startCountdown();
}

function startPolling() {
  const board = document.querySelector("[data-poll-seconds]");
  if (!board) return;
  let etag = null;
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "error" });
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag");
      replaceLiveParts(await answer.text());
    } catch (error) {
      console.debug("The board could not be refreshed; the next round tries again.", error);
    }
  }, Number(board.dataset.pollSeconds) * 1000);
}

startCountdown();
startPolling();
