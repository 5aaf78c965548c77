// A chosen preset fills in the numbers of the rule.
document.addEventListener("DOMContentLoaded", () => {
  const preset = document.querySelector("select[data-presets]");
  if (!preset) return;
  const presets = JSON.parse(preset.dataset.presets);
  preset.addEventListener("change", () => {
    for (const [name, value] of Object.entries(presets[preset.value] ?? {})) {
      const field = document.getElementById(`id_${name}`);
      if (!field) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value ?? "";
    }
  });
});
