// Bangfu: completion while typing, keys between hits. Every page works without this file.
"use strict";

(() => {
  const WAIT = 120; // milliseconds without a key before completions are asked for

  // -- completion: an ARIA combobox around the search box

  const form = document.querySelector("form.search[data-suggest]");
  const box = form && form.querySelector("input[type=search]");
  if (box && form.dataset.suggest) complete(form, box);

  function complete(form, box) {
    const list = document.createElement("ul");
    list.id = "completions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0] ? box.labels[0].textContent : "");
    list.hidden = true;
    box.parentNode.append(list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
    })) box.setAttribute(name, value);

    let timer = 0, asked = 0, at = -1, typed = box.value;

    const close = () => {
      list.hidden = true;
      at = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };

    const show = (items) => {
      list.replaceChildren(...items.map((item, number) => {
        const line = document.createElement("li");
        line.id = `completion-${number}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.dataset.query = item.query;
        const word = document.createElement("span");
        word.lang = "zh";
        word.textContent = item.shown;
        const detail = document.createElement("span");
        detail.className = "count";
        detail.textContent = [item.detail, item.count && (item.at_least ? "≥ " : "") + item.count].filter(Boolean).join(" · ").replaceAll("/", " ");
        line.append(word, detail);
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          box.value = item.query;
          form.requestSubmit();
        });
        return line;
      }));
      at = -1;
      list.hidden = !items.length;
      box.setAttribute("aria-expanded", String(items.length > 0));
    };

    const ask = async () => {
      const mine = ++asked;
      typed = box.value;
      if (!typed.trim()) return close();
      try {
        const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(typed.slice(0, 200))}`);
        if (!answer.ok) return;
        const found = await answer.json();
        if (mine === asked && document.activeElement === box) show(found.completions || []);
      } catch { /* no completions then */ }
    };

    const choose = (step) => {
      const lines = [...list.children];
      if (at >= 0) lines[at].setAttribute("aria-selected", "false");
      at = (at + step + lines.length + 1 + (at < 0 && step < 0 ? 1 : 0)) % (lines.length + 1);
      if (at === lines.length) {
        at = -1;
        box.value = typed;
        box.removeAttribute("aria-activedescendant");
        return;
      }
      lines[at].setAttribute("aria-selected", "true");
      box.setAttribute("aria-activedescendant", lines[at].id);
      box.value = lines[at].dataset.query;
    };

    let composing = false;
    box.addEventListener("compositionstart", () => { composing = true; });
    box.addEventListener("compositionend", () => { composing = false; });
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    box.addEventListener("keydown", (event) => {
      if (composing || event.isComposing) return;
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
        event.preventDefault();
        choose(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        box.value = typed;
        close();
      }
    });
    box.addEventListener("blur", close);
  }

  // -- keys: / to the search box, n and p between hits, j and k between the reports of a list

  const hits = [...document.querySelectorAll(".body mark[id]")];
  let current = -1;
  if (hits.length) document.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });

  const go = (step) => {
    if (!hits.length) return;
    if (current >= 0) hits[current].classList.remove("current");
    current = (current + step + hits.length) % hits.length;
    hits[current].classList.add("current");
    hits[current].scrollIntoView({ block: "center" });
  };

  const follow = (rel) => {
    const link = document.querySelector(`.steps a[rel="${rel}"]`);
    if (link) link.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "n") go(1);
    else if (event.key === "p") go(current < 0 ? 0 : -1);
    else if (event.key === "j") follow("next");
    else if (event.key === "k") follow("prev");
  });

  // One menu at a time, and Escape closes it.
  const menus = [...document.querySelectorAll("details.menu")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of menus) menu.open = false;
  });
})();
