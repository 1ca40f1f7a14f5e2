/* Words for what a passkey cannot do; the ceremony itself is allauth's. */
(() => {
  "use strict";
  const show = (name) => document.querySelectorAll(`[data-passkey-${name}]`).forEach((words) => (words.hidden = false));
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    show(window.PublicKeyCredential ? "failed" : "missing");
  });
})();
