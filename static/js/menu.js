// <details data-menu> closes when the reader presses Escape or looks elsewhere, as a menu does.
const shut = (menu, back) => {
  if (!menu.open) return;
  menu.open = false;
  if (back) menu.querySelector("summary").focus();
};

for (const menu of document.querySelectorAll("details[data-menu]")) {
  menu.addEventListener("keydown", (event) => event.key === "Escape" && shut(menu, true));
  menu.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !menu.contains(relatedTarget) && shut(menu, false));
  document.addEventListener("pointerdown", ({ target }) => !menu.contains(target) && shut(menu, false));
}
