"use strict";
// A chosen preset fills in the numbers of the rule, a number of one's own makes it a rule of one's own, and the
// English name makes the slug. The board's freeze goes with the deadline until it is set by hand. The form works without this file.
const form = document.querySelector("form.steps");
const presets = JSON.parse(document.getElementById("presets").textContent);
const field = (name) => document.getElementById(`id_${name}`);
const numbers = Object.keys(Object.values(presets)[0]);

function fill(rule) {
  for (const name of numbers) {
    if (field(name).type === "checkbox") field(name).checked = rule[name];
    else field(name).value = rule[name] ?? "";
  }
}

form.addEventListener("input", (event) => {
  const name = event.target.name;
  if (name === "preset") {
    const rule = presets[event.target.value];
    if (rule) fill(rule);
    else form.querySelector(".numbers").open = true;
  } else if (numbers.includes(name)) {
    form.querySelector('[name=preset][value=""]').checked = true;
  }
});

const slug = field("slug");
if (slug && !slug.disabled && !slug.value) {
  let isOwn = false;
  slug.addEventListener("input", () => { isOwn = slug.value !== ""; });
  field("name_en").addEventListener("input", (event) => {
    if (isOwn) return;
    const plain = event.target.value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    slug.value = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-+|-+$/g, "");
  });
}

// Both on the wall clock, as typed; NaN while a part is missing.
const moment = (name) => Date.parse(`${field(`${name}_0`)?.value}T${field(`${name}_1`)?.value || "00:00"}Z`);
const before = moment("deadline") - moment("freeze_at"); // milliseconds
if (before >= 0) {
  let isSetByHand = false;
  form.addEventListener("input", (event) => {
    if (event.target.name.startsWith("freeze_at_")) isSetByHand = true;
    if (isSetByHand || !event.target.name.startsWith("deadline_") || Number.isNaN(moment("deadline"))) return;
    const [day, time] = new Date(moment("deadline") - before).toISOString().split("T");
    [field("freeze_at_0").value, field("freeze_at_1").value] = [day, time.slice(0, 8)];
  });
}
