/* The page of one review: files as tabs, verdicts kept as one goes, decisions opened from the bar. Without this script
   everything stands below one another and 保存意见 keeps the verdicts. Words come from the page and the answers. */
(() => {
  "use strict";
  const doc = document;
  const all = (selector, scope = doc) => Array.from(scope.querySelectorAll(selector));
  const form = doc.querySelector("[data-review]");
  if (!form) return;

  /* Files as tabs */
  const tabs = all("[data-tabs] [data-tab]");
  const panels = all("[data-panel]");
  const show = (id, focus) => {
    panels.forEach((panel) => (panel.hidden = panel.id !== id));
    tabs.forEach((tab) => {
      const chosen = tab.dataset.tab === id;
      tab.setAttribute("aria-selected", chosen ? "true" : "false");
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    });
    const panel = doc.getElementById(id);
    if (panel) panel.dispatchEvent(new CustomEvent("viewer:shown", { bubbles: true }));
  };
  if (tabs.length) show(tabs[0].dataset.tab, false);
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("[data-tab]");
    if (!link) return;
    event.preventDefault();
    const inside = tabs.indexOf(link) >= 0;
    show(link.dataset.tab, inside);
    if (!inside && window.innerWidth < 1000) doc.getElementById(link.dataset.tab).scrollIntoView();
  });
  doc.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    show(tabs[(at + step + tabs.length) % tabs.length].dataset.tab, true);
  });

  /* Verdicts are kept a moment after the last one; the words to the unit follow as long as nobody has written own ones */
  const remark = doc.querySelector("[name=send_back-remark]");
  const sms = doc.querySelector("[data-sms]");
  const saved = doc.querySelector("[data-saved]");
  let touched = false;
  let timer = null;
  const keep = async () => {
    timer = null;
    const data = new FormData(form);
    data.append("do", "judge");
    if (touched) data.append("touched", "yes");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: data,
        credentials: "same-origin",
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      const told = await answer.json();
      saved.textContent = told.refused || told.saved;
      saved.classList.toggle("saved--failed", !!told.refused);
      if (told.refused) return;
      if (remark && !touched) remark.value = told.remark;
      if (sms) sms.textContent = told.sms;
    } catch (failure) {
      saved.textContent = saved.dataset.failed;
      saved.classList.add("saved--failed");
    }
  };
  const soon = () => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(keep, 800);
  };
  const markTab = (control) => {
    const panel = control.closest("[data-panel]");
    const tab = panel && tabs.find((each) => each.dataset.tab === panel.id);
    if (!tab) return;
    const mark = tab.querySelector("[data-tab-mark]");
    mark.textContent = control.value === "ok" ? "✓" : "✗";
    mark.className = control.value === "ok" ? "papers__ok" : "papers__bad";
  };
  if (saved)
    doc.addEventListener("change", (event) => {
      const control = event.target;
      if (!control.name || !/^(verdict|reason|words):/.test(control.name)) return;
      if (control.name.startsWith("verdict:")) markTab(control);
      soon();
    });
  if (remark)
    remark.addEventListener("input", () => {
      touched = true;
      soon();
    });

  /* The level decides what the unit will be told */
  const level = doc.querySelector("[name=approve-level]");
  if (level)
    level.addEventListener("change", () =>
      all("[data-outcome]").forEach((each) => (each.hidden = each.dataset.outcome !== level.value))
    );

  /* The bar opens a decision and leads to it */
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link) return;
    event.preventDefault();
    all("details.decision").forEach((each) => (each.open = each.id === link.dataset.open));
    const chosen = doc.getElementById(link.dataset.open);
    chosen.scrollIntoView({ block: "center" });
    const first = chosen.querySelector("select, input:not([type=hidden]), textarea");
    if (first) first.focus({ preventScroll: true });
  });
  /* A decision is sent once */
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) event.preventDefault();
    else if (!event.submitter || event.submitter.value !== "judge") form.dataset.sending = "yes";
    if (timer) clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => delete form.dataset.sending);
  const problem = doc.querySelector("[data-problem]");
  if (problem) problem.focus();
})();
