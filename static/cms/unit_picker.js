// Chosen units as chips, found by typing; the server answers with at most twenty names.
(function () {
    "use strict";
    var WAIT = 250;
    var timers = new WeakMap();

    function parts(picker) {
        return {
            chosen: picker.querySelector("[data-unit-picker-chosen]"),
            input: picker.querySelector("[role=combobox]"),
            list: picker.querySelector("[role=listbox]"),
            empty: picker.querySelector("[data-unit-picker-empty]"),
            chip: picker.querySelector("[data-unit-picker-template]"),
        };
    }

    function announce(picker) {
        picker.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function close(picker) {
        var p = parts(picker);
        p.list.hidden = true;
        p.list.textContent = "";
        p.empty.hidden = true;
        p.input.setAttribute("aria-expanded", "false");
        p.input.removeAttribute("aria-activedescendant");
    }

    function values(picker) {
        return Array.from(parts(picker).chosen.querySelectorAll("input")).map(function (input) {
            return input.value;
        });
    }

    function add(picker, id, name) {
        var p = parts(picker);
        if (values(picker).indexOf(id) === -1) {
            var chip = p.chip.content.firstElementChild.cloneNode(true);
            var button = chip.querySelector("button");
            chip.querySelector("span").textContent = name;
            button.setAttribute("aria-label", button.getAttribute("aria-label") + " " + name);
            chip.querySelector("input").value = id;
            p.chosen.appendChild(chip);
            announce(picker);
        }
        p.input.value = "";
        close(picker);
    }

    function show(picker, units) {
        var p = parts(picker);
        var taken = values(picker);
        close(picker);
        units = units.filter(function (unit) {
            return taken.indexOf(String(unit.id)) === -1;
        });
        units.forEach(function (unit, index) {
            var option = document.createElement("li");
            option.id = p.list.id + "-" + index;
            option.setAttribute("role", "option");
            option.dataset.id = unit.id;
            option.textContent = unit.name;
            p.list.appendChild(option);
        });
        p.list.hidden = !units.length;
        p.empty.hidden = Boolean(units.length);
        p.input.setAttribute("aria-expanded", String(Boolean(units.length)));
    }

    function search(picker) {
        var words = parts(picker).input.value.trim();
        if (!words) {
            close(picker);
            return;
        }
        fetch(picker.dataset.url + "?q=" + encodeURIComponent(words), { headers: { "X-Requested-With": "XMLHttpRequest" } })
            .then(function (response) {
                return response.ok ? response.json() : { units: [] };
            })
            .then(function (found) {
                if (parts(picker).input.value.trim() === words) {
                    show(picker, found.units);
                }
            });
    }

    function step(picker, by) {
        var p = parts(picker);
        var options = Array.from(p.list.children);
        if (!options.length) {
            return;
        }
        var at = options.findIndex(function (option) {
            return option.getAttribute("aria-selected") === "true";
        });
        var next = (at + by + options.length) % options.length;
        if (at === -1) {
            next = by > 0 ? 0 : options.length - 1;
        }
        options.forEach(function (option, index) {
            option.setAttribute("aria-selected", String(index === next));
        });
        p.input.setAttribute("aria-activedescendant", options[next].id);
        options[next].scrollIntoView({ block: "nearest" });
    }

    function choose(picker) {
        var option = parts(picker).list.querySelector("[aria-selected=true]") || parts(picker).list.firstElementChild;
        if (option) {
            add(picker, option.dataset.id, option.textContent);
        }
    }

    document.addEventListener("input", function (event) {
        var picker = event.target.matches("[role=combobox]") && event.target.closest("[data-unit-picker]");
        if (picker) {
            clearTimeout(timers.get(picker));
            timers.set(picker, setTimeout(search, WAIT, picker));
        }
    });

    document.addEventListener("keydown", function (event) {
        var picker = event.target.matches("[role=combobox]") && event.target.closest("[data-unit-picker]");
        if (!picker) {
            return;
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            step(picker, event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Enter") {
            event.preventDefault();
            choose(picker);
        } else if (event.key === "Escape") {
            close(picker);
        }
    });

    document.addEventListener("mousedown", function (event) {
        var option = event.target.closest(".unit-picker__found [role=option]");
        if (option) {
            event.preventDefault();
            add(option.closest("[data-unit-picker]"), option.dataset.id, option.textContent);
        }
    });

    document.addEventListener("click", function (event) {
        var button = event.target.closest("[data-unit-picker-remove]");
        if (button) {
            var picker = button.closest("[data-unit-picker]");
            button.closest("li").remove();
            announce(picker);
            parts(picker).input.focus();
        }
    });

    document.addEventListener("focusout", function (event) {
        var picker = event.target.closest && event.target.closest("[data-unit-picker]");
        if (picker && !picker.contains(event.relatedTarget)) {
            close(picker);
        }
    });
})();
