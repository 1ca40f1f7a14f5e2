// Renews the parts of a watched job that have changed, until it is over. Without it a link loads the page anew.
(function () {
    "use strict";
    var EVERY = 1000;
    var SLOWLY = 5000;
    var box = document.querySelector("[data-progress]");

    function renew(html) {
        var fresh = new DOMParser().parseFromString(html, "text/html");
        fresh.querySelectorAll("[data-part]").forEach(function (part) {
            var shown = box.querySelector('[data-part="' + part.dataset.part + '"]');
            // Only what differs: a live region that is replaced is read aloud again.
            if (shown && shown.outerHTML !== part.outerHTML) {
                shown.className = part.className;
                shown.innerHTML = part.innerHTML;
            }
        });
        return fresh.querySelector("[data-over]") !== null;
    }

    function ask() {
        fetch(box.dataset.progress, { headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin" })
            .then(function (response) {
                if (!response.ok || response.redirected) {
                    throw new Error(response.status);
                }
                return response.text();
            })
            .then(function (html) {
                if (!renew(html)) {
                    window.setTimeout(ask, EVERY);
                } else if (box.dataset.then === "reload") {
                    window.location.reload();
                }
            })
            .catch(function () {
                box.querySelector("[data-reload]").hidden = false;
                window.setTimeout(ask, SLOWLY);
            });
    }

    if (box) {
        box.querySelector("[data-reload]").hidden = true;
        window.setTimeout(ask, EVERY);
    }
})();
