// A form's HS code: htmx brings codes for what is typed; pressing one puts it into the field and closes the list.
// Enter in the field takes the first of them, the arrows go through them, Escape closes the list.
const take = (choice) => {
  const field = choice.closest("[data-hs-field]");
  const input = field.querySelector("input");
  input.value = choice.dataset.hsCode;
  field.querySelector(".hs-found").replaceChildren();
  input.focus();
};

const keys = {
  Enter: ([, first]) => take(first),
  ArrowDown: (stops, at) => stops[Math.min(at + 1, stops.length - 1)].focus(),
  ArrowUp: (stops, at) => stops[Math.max(at - 1, 0)].focus(),
  Escape: ([input, first]) => {
    first.closest(".hs-found").replaceChildren();
    input.focus();
  },
};

document.addEventListener("click", ({ target }) => {
  const choice = target.closest?.("[data-hs-code]");
  if (choice) take(choice);
});
document.addEventListener("keydown", (event) => {
  const stops = [...(event.target.closest?.("[data-hs-field]")?.querySelectorAll("input, [data-hs-code]") ?? [])];
  const at = stops.indexOf(event.target);
  if (at < 0 || stops.length < 2 || !Object.hasOwn(keys, event.key) || event.isComposing) return;
  if (event.key === "Enter" && at) return; // the browser presses the code itself
  event.preventDefault();
  keys[event.key](stops, at);
});
