// <button data-copy="id" hidden>: copies the words of that element and says so in the status beside it. Where the browser does
// not let a page write to its clipboard, the words are marked instead.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent.trim());
      status.textContent = status.dataset.copied;
    } catch {
      getSelection().selectAllChildren(words);
      status.textContent = status.dataset.marked;
    }
  });
}
