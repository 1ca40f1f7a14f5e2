/* The boxes of 指派: all rows of the page at once, and how many are ticked. The list is replaced while one searches. */
(() => {
  "use strict";
  const doc = document;
  const boxes = () => Array.from(doc.querySelectorAll("input[name=review]"));
  const count = () => {
    const place = doc.querySelector("[data-ticked]");
    const ticked = boxes().filter((box) => box.checked).length;
    if (place) place.textContent = ticked ? place.dataset.words.replace("{count}", ticked) : "";
  };
  const offer = () => doc.querySelectorAll("[data-tick-all]").forEach((box) => (box.hidden = !boxes().length));
  doc.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    count();
  });
  new MutationObserver(() => {
    offer();
    count();
  }).observe(doc.getElementById("listing-results"), { childList: true, subtree: false });
  offer();
})();
