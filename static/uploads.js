/* Files that are stored as soon as they are chosen, dropped or pasted into a [data-keep]. The words stand in the page. */
(() => {
  "use strict";
  const doc = document;
  const KINDS = /\.(pdf|jpe?g|png)$/i;
  const SILENCE = 60000; // ms without a sign of life, then the connection counts as broken
  const BOX = "[data-keep]";
  const holder = () => doc.getElementById("upload-words");
  const words = (key, file) => holder().dataset[key].replace("{name}", file ? file.name : "");
  const part = (box, name) => box.querySelector(`[data-keep-${name}]`);
  const say = (box, text) => (part(box, "status").textContent = text);
  const underway = new Map(); // box: { file, request, timer }

  const complain = (box, text) => {
    part(box, "error").textContent = text;
    box.classList.toggle("field--error", !!text);
  };
  const quiet = (box) => {
    complain(box, "");
    Array.from(box.querySelectorAll(".field__error[id]")).forEach((old) => old.remove());
  };
  const changed = (box) => box.dispatchEvent(new CustomEvent("keep:change", { bubbles: true }));
  const focusInside = (box, selector) => {
    const target = box.querySelector(selector);
    if (target) target.focus();
  };

  /* The line with name, bar and per cent */
  const show = (box, state) => {
    const line = part(box, "line");
    line.hidden = !state;
    box.classList.toggle("is-sending", state === "sending");
    part(box, "again").hidden = state !== "broken";
    line.querySelector("progress").hidden = part(box, "percent").hidden = state === "broken";
  };
  const advance = (box, percent, text) => {
    box.querySelector("progress").value = percent;
    part(box, "percent").textContent = text || `${percent}%`;
  };
  const end = (box) => {
    const job = underway.get(box);
    if (!job) return;
    clearTimeout(job.timer);
    underway.delete(box);
    job.request.onload = job.request.onerror = job.request.onabort = job.request.upload.onprogress = null;
    job.request.abort();
  };

  const token = () => {
    const found = /(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/.exec(doc.cookie);
    return found ? found[1] : doc.querySelector("[name=csrfmiddlewaretoken]").value;
  };

  const broken = (box, file) => {
    end(box);
    show(box, "broken");
    complain(box, words("failed"));
    box.kept = file;
  };
  const expired = (box, file) => {
    broken(box, file);
    const told = doc.importNode(holder().querySelector("template").content, true);
    told.querySelector("[data-login]").search = `?next=${encodeURIComponent(location.pathname)}`;
    part(box, "error").textContent = "";
    part(box, "error").appendChild(told);
  };
  const refused = (box, html) => {
    end(box);
    show(box, "");
    box.querySelector("[type=file]").value = "";
    complain(box, " ");
    part(box, "error").innerHTML = html;
  };
  const stored = (box, file, html) => {
    const held = box.contains(doc.activeElement);
    end(box);
    show(box, "");
    box.querySelector("[type=file]").value = "";
    complain(box, "");
    part(box, "file").innerHTML = html;
    box.classList.add("is-kept");
    say(box, words("stored", file));
    if (held) focusInside(box, "[data-keep-replace]");
    changed(box);
  };

  const answered = (box, file, request) => {
    if (request.getResponseHeader("HX-Redirect") || request.status === 403) expired(box, file);
    else if (request.status === 200) stored(box, file, request.responseText);
    else if (request.status === 422) refused(box, request.responseText);
    else if (request.status === 413) refuse(box, words("large", file));
    else broken(box, file);
  };

  const refuse = (box, text) => {
    end(box);
    show(box, "");
    box.querySelector("[type=file]").value = "";
    complain(box, text);
  };

  const send = (box, file) => {
    const request = new XMLHttpRequest();
    const job = { file, request };
    const alive = () => {
      clearTimeout(job.timer);
      job.timer = setTimeout(() => broken(box, file), SILENCE);
    };
    underway.set(box, job);
    part(box, "name").textContent = file.name;
    advance(box, 0);
    show(box, "sending");
    say(box, words("uploading", file));
    request.open("POST", box.dataset.url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("HX-Request", "true"); // an expired login answers with an address, not with a page
    request.upload.onprogress = (event) => {
      alive();
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      advance(box, percent, percent === 100 ? words("checking") : "");
    };
    request.onload = () => answered(box, file, request);
    request.onerror = request.onabort = () => broken(box, file);
    const form = new FormData();
    form.append("name", box.dataset.name);
    form.append("file", file, file.name);
    alive();
    request.send(form);
  };

  const start = (box, files) => {
    const file = files[0];
    if (!file) return;
    end(box);
    quiet(box);
    if (!KINDS.test(file.name)) return refuse(box, words("kind", file));
    if (!file.size) return refuse(box, words("empty", file));
    if (file.size > Number(holder().dataset.maxBytes)) return refuse(box, words("large", file));
    send(box, file);
    if (files.length > 1) say(box, words("one"));
  };

  const on = (type, handler) => doc.addEventListener(type, handler);
  const boxOf = (event) => event.target.closest && event.target.closest(BOX);

  on("change", (event) => {
    if (event.target.type === "file" && boxOf(event)) start(boxOf(event), event.target.files);
  });
  on("click", (event) => {
    const box = boxOf(event);
    const press = (name) => box && event.target.closest(`[data-keep-${name}]`);
    if (press("replace")) box.querySelector("[type=file]").click();
    else if (press("again")) {
      quiet(box);
      send(box, box.kept);
    } else if (press("cancel")) {
      end(box);
      show(box, "");
      quiet(box);
      box.querySelector("[type=file]").value = "";
      say(box, words("cancelled"));
      focusInside(box, box.classList.contains("is-kept") ? "[data-keep-replace]" : "[type=file]");
    } else if (press("remove")) {
      part(box, "file").textContent = "";
      box.classList.remove("is-kept");
      say(box, words("removed"));
      focusInside(box, "[type=file]");
      changed(box);
    }
  });

  /* Dropped beside a box, a file would replace the page and everything typed into it */
  ["dragover", "drop"].forEach((type) =>
    on(type, (event) => {
      if (!Array.from(event.dataTransfer.types).includes("Files") || !doc.querySelector(BOX)) return;
      event.preventDefault();
      const box = boxOf(event);
      event.dataTransfer.dropEffect = box ? "copy" : "none";
      Array.from(doc.querySelectorAll(".keep.is-over")).forEach((each) => each.classList.remove("is-over"));
      if (box && type === "dragover") box.classList.add("is-over");
      else if (box) start(box, event.dataTransfer.files);
    })
  );
  on("dragleave", (event) => {
    const box = boxOf(event);
    if (box && !box.contains(event.relatedTarget)) box.classList.remove("is-over");
  });
  on("paste", (event) => {
    const box = boxOf(event);
    const files = event.clipboardData ? event.clipboardData.files : [];
    if (!box || !files.length) return;
    event.preventDefault();
    start(box, files);
  });

  /* A form is not sent over the head of an upload */
  window.addEventListener(
    "submit",
    (event) => {
      const box = Array.from(underway.keys()).find((each) => event.target.contains(each));
      if (!box) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      complain(box, words("wait"));
      box.scrollIntoView();
    },
    true
  );
  window.addEventListener("beforeunload", (event) => {
    if (!underway.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
