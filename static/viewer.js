/* Pages of a private file: one at a time, zoomed, turned, moved. Works on [data-viewer-box]; a[data-viewer] opens the
   viewer in a dialog. Without this script the pages stand in a column. Words come from the page. */
(() => {
  "use strict";
  const doc = document;
  const STEPS = [1, 1.25, 1.5, 2, 3, 4, 6];
  const TRIES = 3; // a page that another request is drawing is there a moment later
  const KEYS = { ArrowLeft: "previous", ArrowRight: "next", "+": "larger", "=": "larger", "-": "smaller", 0: "fit", r: "rotate", R: "rotate" };
  const all = (selector, scope) => Array.from(scope.querySelectorAll(selector));

  const start = (box) => {
    const stage = box.querySelector("[data-viewer-stage]");
    if (!stage || box.viewer) return;
    const sheets = all("[data-viewer-sheet]", stage);
    const state = { at: 0, zoom: 1, turn: 0 };
    const image = () => sheets[state.at].querySelector("img");

    /* The sheet takes the room of the turned and enlarged page; the stage scrolls over it */
    const layout = () => {
      const picture = image();
      const width = picture && (picture.naturalWidth || Number(picture.getAttribute("width")));
      const height = picture && (picture.naturalHeight || Number(picture.getAttribute("height")));
      if (!width || !height || !stage.clientWidth) return;
      const style = getComputedStyle(stage);
      const roomX = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const roomY = stage.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
      const lying = state.turn % 180 !== 0;
      const [wide, high] = lying ? [height, width] : [width, height];
      const scale = Math.min(roomX / wide, roomY / high) * state.zoom;
      const middleX = (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth;
      const middleY = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
      const sheet = sheets[state.at].style;
      sheet.minWidth = sheet.minHeight = "0";
      sheet.width = `${wide * scale}px`;
      sheet.height = `${high * scale}px`;
      picture.style.width = `${width * scale}px`;
      picture.style.height = `${height * scale}px`;
      picture.style.transform = `translate(-50%, -50%) rotate(${state.turn}deg)`;
      stage.scrollLeft = middleX * stage.scrollWidth - stage.clientWidth / 2;
      stage.scrollTop = middleY * stage.scrollHeight - stage.clientHeight / 2;
    };

    const show = () => {
      sheets.forEach((sheet, n) => (sheet.hidden = n !== state.at));
      const say = (name, words) => (box.querySelector(`[data-viewer-${name}]`).textContent = words);
      const disable = (name, off) => (box.querySelector(`[data-viewer-do=${name}]`).disabled = off);
      say("number", state.at + 1);
      say("percent", `${Math.round(state.zoom * 100)}%`);
      disable("previous", state.at === 0);
      disable("next", state.at === sheets.length - 1);
      disable("smaller", state.zoom <= STEPS[0]);
      disable("larger", state.zoom >= STEPS[STEPS.length - 1]);
      box.classList.toggle("viewer--large", state.zoom > 1);
      layout();
    };

    const turnTo = (at) => {
      if (at < 0 || at >= sheets.length) return;
      Object.assign(state, { at, zoom: 1, turn: 0 });
      show();
      stage.scrollTop = stage.scrollLeft = 0;
    };
    const zoomTo = (zoom) => {
      state.zoom = Math.min(Math.max(zoom, STEPS[0]), STEPS[STEPS.length - 1]);
      show();
    };
    const deeds = {
      previous: () => turnTo(state.at - 1),
      next: () => turnTo(state.at + 1),
      larger: () => zoomTo(STEPS.find((step) => step > state.zoom + 0.01) || state.zoom),
      smaller: () => zoomTo(STEPS.slice().reverse().find((step) => step < state.zoom - 0.01) || 1),
      fit: () => zoomTo(1),
      rotate: () => {
        state.turn = (state.turn + 90) % 360;
        show();
      },
    };
    box.viewer = { deeds, layout };

    /* A page that does not come is asked for again, then words stand in its place */
    sheets.forEach((sheet) => {
      const picture = sheet.querySelector("img");
      const wait = sheet.querySelector(".viewer__wait");
      const source = picture.getAttribute("src");
      let tries = 0;
      const arrived = () => {
        wait.hidden = true;
        if (!sheet.hidden) layout();
      };
      picture.addEventListener("load", arrived);
      const failed = () => {
        tries += 1;
        if (tries <= TRIES) {
          setTimeout(() => (picture.src = `${source}?again=${tries}`), 1500 * tries);
          return;
        }
        wait.textContent = stage.dataset.failed;
        wait.className = "viewer__failed";
        wait.removeAttribute("aria-hidden");
        picture.remove();
      };
      picture.addEventListener("error", failed);
      if (picture.complete && picture.naturalWidth) arrived();
      else if (picture.complete && picture.getAttribute("loading") !== "lazy") failed();
    });

    /* Moving: a mouse drags, two fingers pinch, one finger scrolls by itself */
    const fingers = new Map();
    let pinch = null;
    const apart = () => {
      const [a, b] = Array.from(fingers.values());
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    stage.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2) pinch = { from: apart(), zoom: state.zoom };
      if (event.pointerType === "mouse" && state.zoom > 1) box.classList.add("viewer--grabbed");
    });
    doc.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2 && pinch && pinch.from) zoomTo((pinch.zoom * apart()) / pinch.from);
      else if (event.pointerType === "mouse") {
        stage.scrollLeft -= event.clientX - last.x;
        stage.scrollTop -= event.clientY - last.y;
      }
    });
    const lift = (event) => {
      if (!fingers.delete(event.pointerId)) return;
      pinch = null;
      box.classList.remove("viewer--grabbed");
    };
    doc.addEventListener("pointerup", lift);
    doc.addEventListener("pointercancel", lift);
    stage.addEventListener("dblclick", () => zoomTo(state.zoom > 1 ? 1 : 2));

    box.classList.add("viewer--live");
    box.querySelector("[data-viewer-tools]").hidden = false;
    show();
  };

  const startAll = (scope) => all("[data-viewer-box]", scope).forEach(start);

  /* Buttons, and keys wherever the focus is in the viewer (not in a field) */
  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-viewer-do]");
    const box = button && button.closest("[data-viewer-box]");
    if (box && box.viewer) box.viewer.deeds[button.dataset.viewerDo]();
  });
  doc.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey || !target.closest) return;
    if (target.closest("input, textarea, select")) return;
    const scope = target.closest("[data-viewer-box], dialog.viewer-dialog");
    const box = scope && (scope.viewer ? scope : scope.querySelector("[data-viewer-box]"));
    if (!box || !box.viewer) return;
    event.preventDefault();
    box.viewer.deeds[KEYS[event.key]]();
  });
  window.addEventListener("resize", () => all("[data-viewer-box]", doc).forEach((box) => box.viewer && box.viewer.layout()));

  /* 预览: the viewer in a dialog; where that fails, the link is followed */
  const open = async (link) => {
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const dialog = doc.createElement("dialog");
      dialog.className = "viewer-dialog";
      dialog.innerHTML = await answer.text();
      dialog.setAttribute("aria-label", dialog.querySelector("[data-viewer-box]").getAttribute("aria-label"));
      doc.body.appendChild(dialog);
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest("[data-viewer-close]")) dialog.close();
      });
      dialog.addEventListener("close", () => {
        dialog.remove();
        link.focus();
      });
      dialog.showModal();
      startAll(dialog);
      const stage = dialog.querySelector("[data-viewer-stage]");
      if (stage) stage.focus();
    } catch (failure) {
      window.location = link.href;
    } finally {
      delete link.dataset.opening;
    }
  };
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-viewer]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!window.HTMLDialogElement || !HTMLDialogElement.prototype.showModal) return;
    event.preventDefault();
    if (link.dataset.opening) return;
    link.dataset.opening = "yes";
    open(link);
  });

  /* What a page shows later (a tab, an answer of htmx) is started and measured then */
  doc.addEventListener("htmx:afterSwap", (event) => startAll(event.target));
  doc.addEventListener("viewer:shown", (event) => {
    startAll(event.target);
    all("[data-viewer-box]", event.target).forEach((box) => box.viewer && box.viewer.layout());
  });
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", () => startAll(doc));
  else startAll(doc);
})();
