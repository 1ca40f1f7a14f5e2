/* The menu of the open site: Esc puts an open list away, and on a touch screen the first tap opens what the second follows.
   Without this script a list opens under the pointer and the focus, and its section's page names the same pages. */
(function () {
  "use strict";
  var menu = document.querySelector("[data-site-nav]");
  if (!menu) { return; }
  function entryOf(target) {
    while (target && target.parentNode !== menu) { target = target.parentNode; }
    return target && target.querySelector(".site-nav__sub") ? target : null;
  }
  function each(work) { Array.prototype.forEach.call(menu.children, work); }
  function reopen() { each(function (entry) { entry.classList.remove("is-shut"); }); }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" && event.key !== "Esc") { return; }
    each(function (entry) { entry.classList.add("is-shut"); entry.classList.remove("is-open"); });
  });
  menu.addEventListener("mouseleave", reopen);
  menu.addEventListener("focusout", reopen);
  var touched = false;
  menu.addEventListener("touchstart", function () { touched = true; });
  menu.addEventListener("click", function (event) {
    var entry = entryOf(event.target);
    var isSection = entry && entry.querySelector(".site-nav__link").contains(event.target);
    if (!touched || !isSection || entry.classList.contains("is-open")) { return; }
    event.preventDefault();
    each(function (other) { other.classList.remove("is-open"); });
    entry.classList.remove("is-shut");
    entry.classList.add("is-open");
  });
})();
