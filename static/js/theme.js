// The theme switch at the foot of a page: changes the page being read. The server alone remembers, and only for a reader who
// agreed to it; then it writes the theme into the next page, and this has nothing to do when one opens.
const root = document.documentElement;

document.querySelector("[data-theme-switch]")?.removeAttribute("hidden");
document.addEventListener("htmx:load", ({ target }) => target.matches("[data-theme-switch]") && target.removeAttribute("hidden"));
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-theme-switch]");
  if (!form) return;
  if (target.value === "auto") root.removeAttribute("data-bs-theme");
  else root.dataset.bsTheme = target.value;
  if ("remembers" in form.dataset) fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
});
