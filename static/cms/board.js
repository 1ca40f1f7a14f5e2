/* The board: one box ticks all units of the page, and a line says how many are chosen. Without it every box still works. */
(() => {
    "use strict";
    const form = document.querySelector("form[data-chosen]");
    const head = form && form.querySelector("[data-tick-all]");
    const line = form && form.querySelector("[data-count]");
    const boxes = form ? Array.from(form.querySelectorAll("input[name=unit]")) : [];
    if (!head || !line || !boxes.length) {
        return;
    }
    const nobody = line.textContent;
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", form.dataset.all);
    head.append(all);

    const tell = () => {
        const number = boxes.filter((box) => box.checked).length;
        all.checked = number === boxes.length;
        all.indeterminate = number > 0 && number < boxes.length;
        line.textContent = number ? `${form.dataset.chosen} ${number}` : nobody;
    };
    all.addEventListener("change", () => {
        boxes.forEach((box) => {
            box.checked = all.checked;
        });
        tell();
    });
    form.addEventListener("change", tell);
    tell();
})();
