/* Entrance pages: another captcha picture without losing what was typed, and the seconds until the next code. */
(() => {
  "use strict";
  const doc = document;
  const enlarge = (image) => image.classList.toggle("captcha__image--large");

  const renew = (button) => {
    const box = button.closest("[data-captcha]");
    const [key, answer] = box.querySelectorAll("input");
    button.disabled = true;
    fetch(box.dataset.captcha, { headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin" })
      .then((reply) => reply.json())
      .then((fresh) => {
        key.value = fresh.key;
        answer.value = "";
        box.querySelector("img").src = fresh.image_url;
        const audio = box.querySelector("[data-captcha-audio]");
        if (audio) audio.href = fresh.audio_url;
        answer.focus();
      })
      .catch(() => doc.location.reload())
      .then(() => (button.disabled = false));
  };

  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-captcha-renew], [data-captcha-enlarge]");
    if (!button) return;
    if (button.hasAttribute("data-captcha-renew")) renew(button);
    else enlarge(button.closest("[data-captcha]").querySelector("img"));
  });

  /* <p data-countdown>… <b>60</b> …</p> goes, and the button of its form opens, when the seconds are over */
  const count = (words) => {
    const number = words.querySelector("b");
    const button = words.closest("form").querySelector("[type=submit]");
    const end = Date.now() + Number(number.textContent) * 1000;
    button.disabled = true;
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      number.textContent = Math.max(left, 0);
      if (left > 0) return;
      clearInterval(timer);
      words.hidden = true;
      button.disabled = false;
    }, 500);
  };
  doc.addEventListener("DOMContentLoaded", () => doc.querySelectorAll("[data-countdown]").forEach(count));
})();
