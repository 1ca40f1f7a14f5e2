/* WeChat's browser downloads nothing: a link to a file explains how to open the page in another browser. */
(() => {
  "use strict";
  const doc = document;
  if (!/MicroMessenger/i.test(navigator.userAgent)) return;
  doc.addEventListener("click", (event) => {
    const template = doc.getElementById("wechat-template");
    if (!event.target.closest("a[download]") || !template) return;
    event.preventDefault();
    const overlay = doc.importNode(template.content, true).firstElementChild;
    const before = doc.activeElement;
    const close = () => {
      overlay.remove();
      if (before) before.focus();
    };
    overlay.addEventListener("click", close);
    overlay.addEventListener("keydown", (each) => (each.key === "Escape" || each.key === "Tab") && close());
    doc.body.appendChild(overlay);
    overlay.querySelector("button").focus();
  });
})();
