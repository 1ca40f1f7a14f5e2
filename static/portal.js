/* Small comforts; every page works without them. Words come from the page (data-*, <template>). */
(() => {
  "use strict";
  const doc = document;
  doc.documentElement.classList.add("js");
  const byId = (id) => doc.getElementById(id);
  const all = (selector, scope = doc) => Array.from(scope.querySelectorAll(selector));
  const on = (type, handler, capture = false) => doc.addEventListener(type, handler, capture);
  const onClick = (selector, handler) =>
    on("click", (event) => {
      const target = event.target.closest(selector);
      if (target) handler(target, event);
    });
  const stamp = (id) => doc.importNode(byId(id).content, true).firstElementChild;

  /* Toasts */
  const toast = (words) => {
    if (!words) return;
    const note = stamp("toast-template");
    note.querySelector("span").textContent = words;
    byId("toasts").appendChild(note);
    setTimeout(() => note.contains(doc.activeElement) || note.remove(), 8000);
  };
  onClick("[data-dismiss]", (button) => button.closest(button.dataset.dismiss).remove());

  /* Links of the error summary show the label too */
  onClick(".error-summary a", (link, event) => {
    const control = byId(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    (control.closest(".field") || control).scrollIntoView();
    control.focus({ preventScroll: true });
  });

  /* Upload box: refuses what is too large or empty before sending */
  const sizeText = (n) => (n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`);
  const showFile = (input) => {
    const box = input.closest("[data-upload]");
    let file = input.files[0];
    const words = !file ? "" : file.size > box.dataset.maxBytes ? box.dataset.tooLarge : file.size ? "" : box.dataset.empty;
    if (words) file = input.value = "";
    box.parentNode.querySelector("[data-upload-error]").textContent = words;
    box.classList.toggle("is-invalid", !!words);
    box.classList.toggle("has-file", !!file);
    box.querySelector("[data-upload-chosen]").textContent = file ? `${file.name} (${sizeText(file.size)})` : "";
    box.querySelector("[data-upload-again]").hidden = !file;
  };
  const UPLOAD = "[data-upload] input";
  on("change", (event) => event.target.matches(UPLOAD) && showFile(event.target));

  /* Rows of a formset, data-min to data-max */
  const updateRows = (box) => {
    const count = all("[data-rows-row]", box).filter((row) => !row.hidden).length;
    const full = count >= (box.dataset.max || 1000);
    all("[data-rows-add]", box).forEach((button) => (button.disabled = full));
    all("[data-rows-full]", box).forEach((words) => (words.hidden = !full));
    all("[data-rows-remove]", box).forEach((button) => (button.hidden = count <= (box.dataset.min || 0)));
  };
  onClick("[data-rows-add]", (button, event) => {
    event.preventDefault();
    const box = button.closest("[data-rows]");
    const total = box.querySelector("[name$='-TOTAL_FORMS']");
    const body = box.querySelector("[data-rows-body]");
    const holder = doc.createElement(body.tagName);
    holder.innerHTML = box.querySelector("template").innerHTML.replace(/__prefix__/g, total.value);
    const row = body.appendChild(holder.firstElementChild);
    total.value = Number(total.value) + 1;
    updateRows(box);
    touch(box.closest("form"));
    row.querySelector("input:not([type=hidden]), select").focus();
  });
  onClick("[data-rows-remove]", (button, event) => {
    event.preventDefault();
    ask(button, () => {
      const row = button.closest("[data-rows-row]");
      const box = row.closest("[data-rows]");
      row.querySelector("[name$='-DELETE']").checked = row.hidden = true;
      updateRows(box);
      touch(box.closest("form"));
      box.querySelector("[data-rows-add]").focus();
    });
  });

  /* Copy, show password */
  onClick("[data-copy]", (button) => {
    const area = doc.createElement("textarea");
    area.value = button.dataset.copy;
    area.className = "visually-hidden";
    doc.body.appendChild(area).select();
    if (doc.execCommand("copy")) toast(button.dataset.copied);
    area.remove();
    button.focus();
  });
  onClick("[data-reveal]", (button) => {
    const input = byId(button.dataset.reveal);
    input.type = input.type === "text" ? "password" : "text";
    [button.firstChild.data, button.dataset.hide] = [button.dataset.hide, button.firstChild.data];
  });

  /* A form or button with data-confirm (also -title, -ok) asks before it acts */
  const ask = (element, proceed) => {
    const { confirm, confirmTitle, confirmOk } = element.dataset;
    const dialog = confirm && stamp("confirm-template");
    if (!dialog) return proceed();
    if (!dialog.showModal) return window.confirm(confirm) && proceed();
    if (confirmTitle) dialog.querySelector("h2").textContent = confirmTitle;
    if (confirmOk) dialog.querySelector("[data-answer=yes]").textContent = confirmOk;
    dialog.querySelector("p").textContent = confirm;
    dialog.addEventListener("click", (event) => {
      const { answer } = event.target.dataset;
      if (answer !== undefined) dialog.close(answer);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue) proceed();
    });
    doc.body.appendChild(dialog).showModal();
  };

  /* Forms: ask, then send once */
  let pressed = null;
  onClick("button", (button) => (pressed = button));
  const release = (form) => {
    delete form.dataset.sending;
    all("[aria-busy]", form).forEach((button) => {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    });
  };
  const submit = (event) => {
    const form = event.target;
    const data = form.dataset;
    const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
    const asker = button && button.dataset.confirm ? button : form;
    const stop = data.sending || (asker.dataset.confirm && !data.confirmed);
    if (stop) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (data.sending) return;
      ask(asker, () => {
        data.confirmed = "yes";
        (button || form.querySelector("[type=submit], button")).click();
        delete data.confirmed;
      });
    } else if (form.method !== "get") {
      delete data.dirty;
      data.sending = "yes";
      setTimeout(() =>
        all("button:not([type=button])", form).forEach((each) => {
          if (each.disabled) return;
          each.setAttribute("aria-busy", "true");
          each.disabled = true;
        })
      );
    }
  };
  on("submit", submit, true);
  window.addEventListener("pageshow", () => all("[data-sending]").forEach(release));

  /* Leaving a form with data-guard that has unsaved entries */
  const touch = (form) => form && form.hasAttribute("data-guard") && (form.dataset.dirty = "yes");
  on("input", (event) => touch(event.target.form));
  on("change", (event) => touch(event.target.form));
  window.addEventListener("beforeunload", (event) => {
    if (!doc.querySelector("[data-dirty]")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* htmx: a refused form (422) comes back into the page, a failed request says so */
  on("htmx:afterRequest", (event) => event.target.closest("form") && release(event.target.closest("form")));
  ["htmx:responseError", "htmx:sendError"].forEach((type) => on(type, () => toast(byId("toasts").dataset.failed)));
  on("htmx:afterSwap", (event) => start(event.target));

  const start = (scope) => {
    all("[data-rows]", scope).forEach(updateRows);
    all(UPLOAD, scope).forEach((input) => input.files.length && showFile(input));
    all(".banner[data-toast]", scope).forEach((banner) => {
      toast(banner.querySelector("p").textContent);
      banner.remove();
    });
    all(".tabs [aria-current], .site-nav [aria-current]", scope).forEach((link) => {
      const list = link.closest("ul");
      list.scrollLeft = link.parentNode.offsetLeft - list.offsetLeft - 24;
    });
    const summary = scope.querySelector("[data-focus]");
    if (summary) summary.focus();
  };
  if (doc.readyState === "loading") on("DOMContentLoaded", () => start(doc));
  else start(doc);
})();
