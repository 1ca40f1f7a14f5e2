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

    function warnOfBallot() {
        var warning = document.querySelector("[data-secret-ballot]");
        if (!warning) {
            return;
        }
        var words = warning.dataset.secretBallot.split(" ");
        var titles = Array.prototype.slice.call(document.querySelectorAll("input[name^=agenda_items-][name$=-title]"));
        warning.hidden = !titles.some(function (input) {
            var child = input.closest("[data-inline-panel-child]");
            var isGone = child && child.querySelector("[name$=-DELETE]") && child.querySelector("[name$=-DELETE]").value;
            return !isGone && words.some(function (word) {
                return input.value.indexOf(word) !== -1;
            });
        });
    }

    function refresh() {
        warnOfBallot();
        narrow();
        showReceipt();
        count();
    }

    document.addEventListener("input", warnOfBallot);

    document.addEventListener("change", function (event) {
        if (event.target.closest("[data-audience]")) {
            narrow();
            clearTimeout(timer);
            timer = setTimeout(count, WAIT);
        } else if (event.target.closest("[data-receipt-kind]")) {
            showReceipt();
        }
        warnOfBallot();
    });

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", refresh);
    } else {
        refresh();
    }
})();
