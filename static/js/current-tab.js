// A row of tabs too long for a phone begins where the reader is, not at its first tab.
for (const current of document.querySelectorAll(".tabs [aria-current], .folders [aria-current]")) {
  current.scrollIntoView({ block: "nearest", inline: "nearest" });
}
