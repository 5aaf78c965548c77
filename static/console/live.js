"use strict";
// Keeps a page of the console up to date, and brings in what takes longer to count. Without this file the page
// shows how things stood when it was opened, and links lead to what takes longer.
//
// <div id="live" data-version="V" data-every="20">: asked for anew every so many seconds while somebody looks;
// the server answers 204 as long as V is the newest. <div id="ID" data-later="ADDRESS">: replaced by the element
// of that id at that address.

const answers = new Map(); // of addresses that were brought in, so that a newer page does not blink

async function page(address, options = {}) {
  const answer = await fetch(address, { redirect: "error", headers: { Accept: "text/html" }, ...options });
  return answer.status === 200 ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function told() {
  document.dispatchEvent(new Event("console:replaced"));
}

async function bringLater(root) {
  for (const part of root.querySelectorAll("[data-later]")) {
    const address = part.dataset.later;
    delete part.dataset.later;
    const bars = [...part.querySelectorAll("progress[hidden]")];
    const counts = (isSo) => bars.forEach((bar) => {
      bar.hidden = !isSo;
      if (bar.previousElementSibling) bar.previousElementSibling.hidden = isSo; // the link that asks for it
    });
    counts(true);
    if (answers.has(part.id)) part.replaceChildren(...answers.get(part.id).cloneNode(true).childNodes);
    try {
      const newer = (await page(address))?.getElementById(part.id);
      if (!newer || !part.isConnected) {
        counts(false);
        continue;
      }
      answers.set(part.id, newer.cloneNode(true));
      part.replaceChildren(...newer.childNodes);
      part.removeAttribute("aria-busy");
    } catch (error) {
      counts(false);
      console.debug("A part of the page could not be brought in; its link leads there.", error);
    }
  }
  told();
}

function keepOpen(before, after) {
  const open = [...before.querySelectorAll("details")].map((each) => each.open);
  after.querySelectorAll("details").forEach((each, n) => {
    if (n < open.length) each.open = open[n];
  });
}

async function look(live) {
  if (document.hidden || live.contains(document.activeElement)) return; // nobody loses their place
  try {
    const asked = new URL(location.href);
    asked.searchParams.set("version", live.dataset.version);
    const newer = (await page(asked))?.getElementById("live");
    if (!newer || live.contains(document.activeElement)) return;
    keepOpen(live, newer);
    live.dataset.version = newer.dataset.version;
    live.replaceChildren(...newer.childNodes);
    await bringLater(live);
  } catch (error) {
    console.debug("The page could not be refreshed; the next round tries again.", error);
  }
}

const live = document.getElementById("live");
if (live?.dataset.every) {
  setInterval(() => look(live), Number(live.dataset.every) * 1000);
  document.addEventListener("visibilitychange", () => look(live));
}
bringLater(document);
