"use strict";
// The page works without this file; it ticks the countdown, brings in newer places and says so.

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
      if (unit === "days") nameOf(place.nextElementSibling, value);
    }
    return left > 0;
  };
  clearInterval(startCountdown.timer);
  if (tick()) startCountdown.timer = setInterval(() => tick() || clearInterval(startCountdown.timer), 1000);
}

function nameOf(unit, value) {
  const name = value === 1 ? unit.dataset.one : unit.dataset.many;
  if (unit.textContent !== name) unit.textContent = name;
}

const waiting = new Map(); // what came while somebody had the focus there, by id

function replace(part, newer) {
  const before = [...part.querySelectorAll("tbody tr")].map((row) => row.textContent);
  part.replaceChildren(...newer.childNodes);
  part.querySelectorAll("tbody tr").forEach((row, n) => {
    if (n < before.length && row.textContent !== before[n]) row.classList.add("fresh-row");
  });
}

function replaceLiveParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (fresh.getElementById("rows") && !document.getElementById("rows")) {
    location.reload(); // the first ranking has come
    return;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.getElementById(part.id);
    waiting.delete(part.id);
    if (!newer || newer.innerHTML === part.innerHTML) continue;
    // What has the focus stays until it is left, so that nobody loses their place.
    if (part.contains(document.activeElement)) waiting.set(part.id, newer);
    else replace(part, newer);
  }
  tellNews(fresh);
  startCountdown();
}

function tellNews(fresh) {
  const [news, said] = [document.getElementById("news"), fresh.querySelector("[data-news]")];
  if (news && said && tellNews.last !== said.textContent) news.textContent = said.textContent;
  if (said) tellNews.last = said.textContent;
}

function startPolling() {
  const board = document.querySelector("[data-poll-seconds]");
  if (!board) return;
  tellNews.last = document.querySelector("[data-news]")?.textContent;
  let [etag, seconds] = [null, Number(board.dataset.pollSeconds)];
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "error" });
      seconds = Number(answer.headers.get("Poll-Seconds")) || seconds; // rarer while the server is busy
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag");
      replaceLiveParts(await answer.text());
    } catch (error) {
      console.debug("The board could not be refreshed; the next round tries again.", error);
    }
  };
  // Each wait is up to a quarter shorter or longer, so that those who opened the page together do not go on asking together.
  const wait = () => seconds * 1000 * (0.75 + Math.random() / 2);
  const lookAgain = () => setTimeout(() => look().finally(lookAgain), wait());
  lookAgain();
  document.addEventListener("visibilitychange", look); // who comes back sees today's places at once
  document.addEventListener("focusout", () => setTimeout(() => {
    for (const [id, newer] of waiting) {
      const part = document.getElementById(id);
      if (part.contains(document.activeElement)) continue;
      waiting.delete(id);
      replace(part, newer);
    }
  }));
}

function spareTheBar() {
  const [own, bar] = [document.getElementById("own"), document.getElementById("mine")];
  if (!own || !bar) return;
  new IntersectionObserver(([seen]) => bar.classList.toggle("spare", seen.isIntersecting)).observe(own);
}

// Who follows a link to the rule, and who prints, is to read it.
function openTheRule() {
  const rule = document.getElementById("what-counts");
  if (!rule) return;
  const ifAsked = () => { if (location.hash === "#what-counts") rule.open = true; };
  ifAsked();
  addEventListener("hashchange", ifAsked);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[href='#what-counts']")) rule.open = true; // asked again: no new hash
  });
  addEventListener("beforeprint", () => { rule.open = true; });
}

startCountdown();
startPolling();
spareTheBar();
openTheRule();
