// The editor of a notice: says how many units the audience reaches, and shows of the receipt what its kind needs.
(function () {
    "use strict";
    var NAMES = ["to_all", "to_bodies", "to_levels", "to_types", "to_provinces", "to_units", "not_to_units"];
    var NARROWER = ["to_bodies", "to_levels", "to_types", "to_provinces", "to_units"];
    var WAIT = 300;
    var timer;
    var asked = 0;

    function choices(form) {
        var data = new FormData(form);
        var chosen = new FormData();
        NAMES.forEach(function (name) {
            data.getAll(name).forEach(function (value) {
                chosen.append(name, value);
            });
        });
        chosen.append("csrfmiddlewaretoken", data.get("csrfmiddlewaretoken"));
        return chosen;
    }

    function count() {
        var panel = document.querySelector("[data-audience]");
        if (!panel) {
            return;
        }
        var mine = ++asked;
        fetch(panel.dataset.url, { method: "POST", body: choices(panel.closest("form")), headers: { "X-Requested-With": "XMLHttpRequest" } })
            .then(function (response) {
                return response.ok ? response.text() : "";
            })
            .then(function (html) {
                if (mine === asked) {
                    panel.querySelector("[data-audience-count]").innerHTML = html;
                }
            });
    }

    function narrow() {
        var all = document.querySelector("[data-audience] [name=to_all]");
        if (!all) {
            return;
        }
        NARROWER.forEach(function (name) {
            var field = document.getElementById("id_" + name);
            var wrapper = field && field.closest(".w-panel__wrapper");
            if (wrapper) {
                wrapper.hidden = all.checked;
            }
        });
    }

    function showReceipt() {
        var select = document.querySelector("[data-receipt-kind] select");
        if (!select) {
            return;
        }
        document.querySelectorAll("[data-receipt-part]").forEach(function (part) {
            part.hidden = part.dataset.receiptPart.split(" ").indexOf(select.value) === -1;
        });
    }

    function refresh() {
        narrow();
        showReceipt();
        count();
    }

    document.addEventListener("change", function (event) {
        if (event.target.closest("[data-audience]")) {
            narrow();
            clearTimeout(timer);
            timer = setTimeout(count, WAIT);
        } else if (event.target.closest("[data-receipt-kind]")) {
            showReceipt();
        }
    });

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", refresh);
    } else {
        refresh();
    }
})();
