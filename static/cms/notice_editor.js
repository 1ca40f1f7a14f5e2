// The editor of a notice: says how many units the audience reaches, and shows of the receipt what its kind needs.
(function () {
    "use strict";
    var NAMES = ["to_all", "to_bodies", "to_levels", "to_types", "to_provinces", "to_dues", "to_units", "not_to_units"];
    var NARROWER = ["to_bodies", "to_levels", "to_types", "to_provinces", "to_dues", "to_units"];
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
        var words = new RegExp(warning.dataset.secretBallot);
        var titles = Array.prototype.slice.call(document.querySelectorAll("input[name^=agenda_items-][name$=-title]"));
        warning.hidden = !titles.some(function (input) {
            var child = input.closest("[data-inline-panel-child]");
            var isGone = child && child.querySelector("[name$=-DELETE]") && child.querySelector("[name$=-DELETE]").value;
            return !isGone && words.test(input.value);
        });
    }

    // Every unit of the choices as they stand, in a window of its own.
    function showList(event) {
        var button = event.target.closest("[data-audience-list]");
        var panel = button && button.closest("[data-audience]");
        if (!panel) {
            return;
        }
        var form = document.createElement("form");
        form.method = "post";
        form.action = panel.dataset.listUrl;
        form.target = "_blank";
        form.hidden = true;
        choices(panel.closest("form")).forEach(function (value, name) {
            var input = document.createElement("input");
            input.type = "hidden";
            input.name = name;
            input.value = value;
            form.appendChild(input);
        });
        document.body.appendChild(form);
        form.submit();
        form.remove();
    }

    function publish(button) {
        button.dataset.asked = "yes";
        button.click();
        delete button.dataset.asked;
    }

    // Before it goes out: how many units, how many messages. Where this cannot be found out Wagtail's button does its work.
    function askFirst(event) {
        var button = event.target.closest("button[name=action-publish]");
        var panel = document.querySelector("[data-audience]");
        var dialog = document.querySelector("[data-publish-dialog]");
        if (!button || button.dataset.asked || !panel || !dialog || !dialog.showModal) {
            return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        var form = panel.closest("form");
        var typed = new FormData(form);
        var data = choices(form);
        data.append("page", panel.dataset.page);
        var kind = document.querySelector("[data-receipt-kind] select"); // disabled, and not sent, once it is locked
        data.append("receipt_kind", kind ? kind.value : "none");
        ["notify_by_sms", "deadline"].forEach(function (name) {
            if (typed.get(name)) {
                data.append(name, typed.get(name));
            }
        });
        fetch(panel.dataset.askUrl, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } })
            .then(function (response) {
                return response.ok ? response.text() : "";
            })
            .catch(function () {
                return "";
            })
            .then(function (html) {
                if (html.trim()) {
                    open(dialog, html, button);
                } else {
                    publish(button);
                }
            });
    }

    function open(dialog, html, button) {
        // The panel lies in a tab that may be hidden, and a dialog in it would be too.
        document.body.appendChild(dialog);
        dialog.querySelector("[data-publish-words]").innerHTML = html;
        dialog.querySelector("[data-publish-ok]").onclick = function () {
            dialog.close();
            publish(button);
        };
        dialog.querySelector("[data-publish-cancel]").onclick = function () {
            dialog.close();
        };
        dialog.showModal();
    }

    function refresh() {
        warnOfBallot();
        narrow();
        showReceipt();
        count();
    }

    document.addEventListener("click", askFirst, true);
    document.addEventListener("click", showList);
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
