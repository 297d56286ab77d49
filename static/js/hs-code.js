// A form's HS code: htmx brings codes for what is typed; pressing one puts it into the field and closes the list.
document.addEventListener("click", ({ target }) => {
  const choice = target.closest?.("[data-hs-code]");
  if (!choice) return;
  const field = choice.closest("[data-hs-field]");
  const input = field.querySelector("input");
  input.value = choice.dataset.hsCode;
  field.querySelector(".hs-found").replaceChildren();
  input.focus();
});
