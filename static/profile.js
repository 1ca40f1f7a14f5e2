/* 单位信息: drafts that save themselves, the picker of categories, the dialog after handing in. Words stand in the page. */
(() => {
  "use strict";
  const doc = document;
  const IDLE = 10000; // ms after the last key
  const LEFT = 300; // ms after a field has been left
  const RETRY = 15000;
  const all = (selector, scope) => Array.from((scope || doc).querySelectorAll(selector));
  const token = () => (/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/.exec(doc.cookie) || [])[1];

  /* The dialog that is a part of the page where there are none */
  doc.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    const dialog = close && close.closest("dialog");
    if (!dialog || !dialog.close) return;
    event.preventDefault();
    dialog.close();
    history.replaceState(null, "", close.href);
  });
  const openDialogs = () =>
    all("dialog[data-open]").forEach((dialog) => {
      if (!dialog.showModal) return;
      dialog.close();
      dialog.classList.remove("dialog--part");
      dialog.showModal();
    });

  /* Group, then name, then the grades that the category has */
  const words = () => doc.getElementById("draft-words").dataset;
  const fill = (select, options, value) => {
    select.textContent = "";
    options.forEach((option) => select.appendChild(option));
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  };
  const pick = (row) => {
    const category = row.querySelector("select[name$='-category']");
    const grade = row.querySelector("select[name$='-grade']");
    const groups = all("optgroup", category);
    const chosen = category.options[category.selectedIndex];
    const blank = category.options[0];
    const none = grade.options[0];
    const group = doc.createElement("select");
    group.className = `${category.className} certificate__group`;
    group.setAttribute("aria-label", words().group);
    fill(group, [new Option(words().choose, ""), ...groups.map((each, number) => new Option(each.label, number))], "");
    if (chosen.parentNode.label) group.value = groups.indexOf(chosen.parentNode);
    const showGrades = () => {
      const option = category.options[category.selectedIndex];
      const grades = (option.dataset.grades || "").split("、").filter(Boolean);
      const first = grades.length || !category.value ? new Option(words().choose, "") : none;
      fill(grade, [first, ...grades.map((each) => new Option(each, each))], grade.value);
    };
    const namesOf = groups.map((each) => all("option", each));
    const show = () => {
      const names = group.value === "" ? [] : namesOf[group.value];
      const value = names.length === 1 ? names[0].value : category.value;
      fill(category, names.length === 1 ? names : [blank, ...names], value);
      showGrades();
    };
    show();
    group.addEventListener("change", () => {
      category.value = "";
      show();
    });
    category.addEventListener("change", showGrades);
    category.parentNode.insertBefore(group, category);
  };

  /* The draft */
  const start = () => {
    openDialogs();
    const form = doc.getElementById("profile-form");
    if (!form) return;
    const status = form.querySelector("[data-draft-status]");
    const version = form.querySelector("[data-draft-version]");
    let timer = 0;
    let changes = 0; // since the last saving began
    let request = null;
    let waiting = null; // the button that was pressed while a saving was under way
    let stopped = false;
    let pressed = null;

    const later = (delay) => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(save, delay);
    };
    const entries = () =>
      Array.from(form.elements)
        .filter((each) => each.name && !/^(file|submit|button)$/.test(each.type) && each.name !== "action")
        .filter((each) => !/^(checkbox|radio)$/.test(each.type) || each.checked)
        .map((each) => `${encodeURIComponent(each.name)}=${encodeURIComponent(each.value)}`)
        .join("&");
    const tell = (node) => {
      status.textContent = "";
      status.appendChild(node);
    };
    const broken = () => {
      tell(doc.createTextNode(words().failed));
      changes += 1;
      later(RETRY);
    };
    const expired = () => {
      const told = doc.importNode(doc.getElementById("draft-words").querySelector("template").content, true);
      told.querySelector("[data-login]").search = `?next=${encodeURIComponent(location.pathname)}`;
      tell(told);
      changes += 1;
    };
    const update = (html) => {
      const parts = new DOMParser().parseFromString(html, "text/html");
      const told = parts.querySelector("[data-draft-told]");
      if (told.dataset.version) version.value = told.dataset.version;
      tell(told);
      all("[id]", parts).forEach((fresh) => {
        const old = doc.getElementById(fresh.id);
        if (old) old.parentNode.replaceChild(doc.importNode(fresh, true), old);
      });
      const permit = doc.getElementById("id_entry_permit_need");
      if (!permit) return;
      const has = form.querySelector("[name=entry_permit]");
      all("[data-permit]", form).forEach((each) =>
        each[permit.dataset.offered === "no" && !(has && has.value) ? "setAttribute" : "removeAttribute"](
          "data-not-offered",
          ""
        )
      );
    };
    const answered = () => {
      const reply = request;
      request = null;
      if (reply.getResponseHeader("HX-Redirect") || reply.status === 403) expired();
      else if (reply.status === 200) update(reply.responseText);
      else if (reply.status === 409) {
        stopped = true;
        update(reply.responseText);
      } else broken();
      if (reply.status === 200 && !changes) delete form.dataset.dirty;
      if (reply.status === 200 && changes) later(LEFT);
      if (waiting) waiting.click();
      waiting = null;
    };
    const save = () => {
      if (request || stopped || !changes) return;
      changes = 0;
      request = new XMLHttpRequest();
      request.open("POST", form.dataset.draft);
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.setRequestHeader("X-CSRFToken", token() || "");
      request.setRequestHeader("HX-Request", "true");
      request.timeout = 30000;
      request.onload = answered;
      request.onerror = request.ontimeout = () => {
        request = null;
        broken();
        if (waiting) waiting.click();
        waiting = null;
      };
      tell(doc.createTextNode(words().saving));
      const fresh = token();
      const sent = entries();
      request.send(fresh ? sent.replace(/(^|&)csrfmiddlewaretoken=[^&]*/, `$1csrfmiddlewaretoken=${fresh}`) : sent);
    };
    const touch = (delay) => {
      changes += 1;
      later(delay);
    };

    form.addEventListener("input", () => touch(IDLE));
    form.addEventListener("change", (event) => event.target.type !== "file" && touch(LEFT));
    form.addEventListener("keep:change", () => touch(0));
    form.addEventListener("focusout", () => changes && later(LEFT));
    form.addEventListener("click", (event) => (pressed = event.target.closest("button") || pressed));
    window.addEventListener(
      "submit",
      (event) => {
        if (event.target !== form) return;
        clearTimeout(timer);
        const fresh = token();
        if (fresh) form.querySelector("[name=csrfmiddlewaretoken]").value = fresh;
        if (!request) {
          stopped = true; // the form takes everything with it
          return;
        }
        event.preventDefault(); // its version is not known before the answer is there
        event.stopImmediatePropagation();
        waiting = event.submitter || pressed || form.querySelector("button");
      },
      true
    );

    window.addEventListener("pageshow", () => (stopped = false));
    all("[data-certificate]", form).forEach(pick);
    const body = form.querySelector("[data-rows-body]");
    if (!body || !window.MutationObserver) return;
    new MutationObserver((found) =>
      found.forEach((each) => {
        if (each.type === "attributes" && each.target.matches("[data-certificate]")) touch(0);
        Array.from(each.addedNodes).forEach((row) => row.matches && row.matches("[data-certificate]") && pick(row));
      })
    ).observe(body, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
  };
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", start);
  else start();
})();
