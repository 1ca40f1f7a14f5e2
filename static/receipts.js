/* 回执: drafts that save themselves, and rows pasted from a spreadsheet. Words stand in the page. */
(() => {
  "use strict";
  const doc = document;
  const IDLE = 10000; // ms after the last key
  const LEFT = 300; // ms after a field has been left
  const RETRY = 15000;
  const all = (selector, scope) => Array.from(scope.querySelectorAll(selector));
  const token = () => (/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/.exec(doc.cookie) || [])[1];

  /* Drafts */
  const keepDrafts = (form) => {
    const status = form.querySelector("[data-draft-status]");
    const version = form.querySelector("[data-draft-version]");
    const words = form.querySelector("[data-draft-words]");
    let timer = 0;
    let changes = 0; // since the last saving began
    let request = null;
    let stopped = false;

    const later = (delay) => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(save, delay);
    };
    const entries = () =>
      Array.from(form.elements)
        .filter((each) => each.name && !/^(file|submit|button)$/.test(each.type) && each.name !== "csrfmiddlewaretoken")
        .filter((each) => !/^(checkbox|radio)$/.test(each.type) || each.checked)
        .map((each) => `${encodeURIComponent(each.name)}=${encodeURIComponent(each.value)}`)
        .join("&");
    const tell = (node) => {
      status.textContent = "";
      status.appendChild(node);
    };
    const tellText = (text) => tell(doc.createTextNode(text));
    const broken = () => {
      request = null;
      tellText(words.dataset.failed);
      changes += 1;
      later(RETRY);
    };
    const answered = () => {
      const reply = request;
      request = null;
      if (reply.getResponseHeader("HX-Redirect") || reply.status === 403) {
        const told = doc.importNode(words.content, true);
        told.querySelector("[data-login]").search = `?next=${encodeURIComponent(location.pathname)}`;
        changes += 1;
        return tell(told);
      }
      if (reply.status !== 200 && reply.status !== 409) return broken();
      const told = new DOMParser().parseFromString(reply.responseText, "text/html").querySelector("[data-draft-told]");
      if (!told) return broken();
      if (told.dataset.version) version.value = told.dataset.version;
      tell(doc.importNode(told, true));
      if (reply.status === 409) stopped = true;
      else if (changes) later(LEFT);
      else delete form.dataset.dirty;
    };
    const save = () => {
      if (request || stopped || !changes) return;
      changes = 0;
      request = new XMLHttpRequest();
      request.open("POST", form.dataset.draft);
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.setRequestHeader("X-CSRFToken", token() || form.querySelector("[name=csrfmiddlewaretoken]").value);
      request.setRequestHeader("HX-Request", "true");
      request.timeout = 30000;
      request.onload = answered;
      request.onerror = request.ontimeout = broken;
      tellText(words.dataset.saving);
      request.send(entries());
    };
    const touch = (delay) => {
      changes += 1;
      later(delay);
    };
    form.addEventListener("input", () => touch(IDLE));
    form.addEventListener("change", (event) => event.target.type !== "file" && touch(LEFT));
    form.addEventListener("focusout", () => changes && later(LEFT));
    form.addEventListener("rows:pasted", () => touch(LEFT));
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      stopped = true; // the form takes everything with it
    });
    window.addEventListener("pageshow", () => (stopped = false));
  };

  /* Rows from a spreadsheet */
  const cellsOf = (row) => all("input:not([type=checkbox]):not([type=hidden]), select", row);
  const fill = (cell, text) => {
    if (cell.tagName !== "SELECT") {
      cell.value = text;
      return;
    }
    const found = Array.from(cell.options).find((option) => option.text === text);
    if (found) cell.value = found.value;
  };
  const takePasted = (form) => {
    const body = form.querySelector("[data-rows-body]");
    if (!body) return;
    const box = body.closest("[data-rows]");
    const told = box.querySelector("[data-pasted]");
    const shown = () => all("[data-rows-row]", body).filter((row) => !row.hidden);
    body.addEventListener("paste", (event) => {
      const text = (event.clipboardData || window.clipboardData).getData("text");
      const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").filter((each) => each.trim());
      const start = event.target.closest("[data-rows-row]");
      if (!start || (lines.length < 2 && text.indexOf("\t") < 0)) return;
      event.preventDefault();
      const first = shown().indexOf(start);
      const column = Math.max(cellsOf(start).indexOf(event.target), 0);
      const fits = Math.min(lines.length, Number(box.dataset.max) - first);
      const add = box.querySelector("[data-rows-add]");
      while (shown().length < first + fits && !add.disabled) add.click();
      const rows = shown();
      lines.slice(0, fits).forEach((each, number) => {
        const cells = cellsOf(rows[first + number]);
        each.split("\t").forEach((value, place) => {
          if (cells[column + place]) fill(cells[column + place], value.trim());
        });
      });
      const words = fits < lines.length ? told.dataset.tooMany : told.dataset.done;
      told.textContent = words.replace("{filled}", fits).replace("{left}", lines.length - fits);
      event.target.focus();
      form.dataset.dirty = "yes";
      form.dispatchEvent(new CustomEvent("rows:pasted"));
    });
  };

  const start = () => {
    const form = doc.getElementById("receipt-form");
    if (!form || !form.dataset.draft) return;
    keepDrafts(form);
    takePasted(form);
  };
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", start);
  else start();
})();
