// The reader's theme: the system's unless chosen in the footer. Kept in this browser, under the key Django's admin uses too.
// A plain script in the head, so that the choice is set before anything is painted.
(() => {
  const root = document.documentElement;
  const choice = () => {
    try {
      const kept = localStorage.getItem("theme");
      return kept === "light" || kept === "dark" ? kept : "auto";
    } catch {
      return "auto"; // storage can be forbidden
    }
  };
  const wear = (theme) => {
    if (theme === "auto") root.removeAttribute("data-bs-theme");
    else root.dataset.bsTheme = theme;
  };
  wear(choice());
  addEventListener("storage", () => wear(choice())); // another tab chose
  addEventListener("DOMContentLoaded", () => {
    const fieldset = document.querySelector("[data-theme-switch]");
    if (!fieldset) return;
    fieldset.hidden = false;
    fieldset.querySelector(`[value="${choice()}"]`).checked = true;
    fieldset.addEventListener("change", ({ target }) => {
      wear(target.value);
      try {
        localStorage.setItem("theme", target.value);
      } catch {
        // the choice then lasts as long as the page
      }
    });
  });
})();
