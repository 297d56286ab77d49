// A form's HS code: htmx brings codes for what is typed; pressing one puts it into the field and closes the list.
// Enter in the field takes the first of them, the arrows go through them, Escape closes the list.
// An answer that comes late neither opens a list that was closed nor takes away one that the reader is in.
const close = (field) => {
  field.dataset.closed = ""; // until something is typed again
  field.querySelector(".hs-found").replaceChildren();
  field.querySelector("input").focus();
};

const take = (choice) => {
  const field = choice.closest("[data-hs-field]");
  field.querySelector("input").value = choice.dataset.hsCode;
  close(field);
};

const keys = {
  Enter: ([, first]) => take(first),
  ArrowDown: (stops, at) => stops[Math.min(at + 1, stops.length - 1)].focus(),
  ArrowUp: (stops, at) => stops[Math.max(at - 1, 0)].focus(),
  Escape: ([input]) => close(input.closest("[data-hs-field]")),
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
document.addEventListener("input", ({ target }) => target.closest?.("[data-hs-field]")?.removeAttribute("data-closed"));
document.addEventListener("htmx:beforeSwap", (event) => {
  const field = event.target.closest?.("[data-hs-field]");
  if (field && ("closed" in field.dataset || event.target.contains(document.activeElement))) event.preventDefault();
});
