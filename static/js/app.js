// What moves without the server: every page works without this file.
"use strict";

(() => {
  const SAVE_AFTER_MS = 1500;
  const SENT_FOR_MS = 5000;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  document.documentElement.classList.add("js");

  function csrfToken(form) {
    const hidden = (form || document).querySelector("input[name=csrfmiddlewaretoken]");
    return hidden ? hidden.value : "";
  }

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx && event.detail.ctx.request;
    if (request && !/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = csrfToken();
  });

  // --- long forms: save by themselves, warn before leaving -----------------------

  const dirty = new Set();

  function say(form, words, tone) {
    const place = form.querySelector("[data-save-state]");
    if (!place) return;
    place.textContent = words;
    place.dataset.tone = tone || "";
  }

  function clock() {
    return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function withoutFiles(form) {
    const data = new FormData(form);
    for (const input of all("input[type=file]", form)) data.delete(input.name);
    return data;
  }

  function guard(form) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("change", () => dirty.add(form));
    form.addEventListener("submit", () => dirty.delete(form));
  }

  function autosave(form) {
    const url = form.dataset.autosave;
    let timer = 0;
    let running = false;
    let again = false;
    let waiting = null;

    async function save() {
      if (running) {
        again = true;
        return;
      }
      running = true;
      again = false;
      say(form, "正在保存…");
      try {
        const answer = await fetch(url, {
          method: "POST",
          body: withoutFiles(form),
          headers: { "X-CSRFToken": csrfToken(form), "X-Autosave": "1", Accept: "application/json" },
          credentials: "same-origin",
          redirect: "manual",
        });
        if (answer.status === 409) {
          say(form, "保存失败：他人已修改，请复制您的内容后刷新页面", "danger");
        } else if (!answer.ok) {
          say(form, "保存失败，请检查网络或重新登录，内容仍在本页", "danger");
        } else {
          const body = await answer.json().catch(() => ({}));
          const version = form.querySelector("input[name=version]");
          if (version && body && body.version !== undefined) version.value = body.version;
          if (!again) dirty.delete(form);
          say(form, `已于 ${clock()} 保存`, "success");
          form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true }));
        }
      } catch {
        say(form, "保存失败，请检查网络，内容仍在本页", "danger");
      } finally {
        running = false;
        if (waiting) send();
        else if (again) schedule();
      }
    }

    function schedule() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, SAVE_AFTER_MS);
    }

    function changed() {
      if (running) again = true;
      say(form, "有未保存的修改");
      schedule();
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // A form sent while it is being saved would come with the version before: it goes when that is done.
    form.addEventListener("submit", (event) => {
      window.clearTimeout(timer);
      if (!running) return;
      event.preventDefault();
      waiting = { button: event.submitter };
    });

    function send() {
      const { button } = waiting;
      waiting = null;
      form.requestSubmit(button && button.form === form ? button : undefined);
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (dirty.size > 0) event.preventDefault();
  });

  // --- rosters: rows of a Django formset -----------------------------------------

  function roster(box) {
    const prefix = box.dataset.formset;
    const rows = box.querySelector("[data-formset-rows]");
    const blank = box.querySelector("template");
    const total = box.querySelector(`input[name="${prefix}-TOTAL_FORMS"]`);
    const maximum = box.querySelector(`input[name="${prefix}-MAX_NUM_FORMS"]`);
    if (!rows || !blank || !total) return;

    const changed = () => total.dispatchEvent(new Event("change", { bubbles: true }));

    box.addEventListener("click", (event) => {
      const adder = event.target.closest("[data-formset-add]");
      const remover = event.target.closest("[data-formset-remove]");
      if (adder) {
        const count = Number(total.value);
        if (maximum && count >= Number(maximum.value)) return;
        const copy = blank.content.cloneNode(true);
        for (const element of copy.querySelectorAll("*")) {
          for (const attribute of Array.from(element.attributes)) {
            if (attribute.value.includes("__prefix__")) {
              element.setAttribute(attribute.name, attribute.value.replaceAll("__prefix__", String(count)));
            }
          }
        }
        rows.append(copy);
        total.value = String(count + 1);
        const first = rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea");
        if (first) first.focus();
        changed();
      } else if (remover) {
        const row = remover.closest("[data-formset-row]");
        const mark = row.querySelector("input[name$='-DELETE']");
        if (mark) {
          if (mark.type === "checkbox") mark.checked = true;
          else mark.value = "on";
          row.hidden = true;
          for (const input of all("[required]", row)) input.required = false;
        } else if (row === rows.lastElementChild) {
          row.remove();
          total.value = String(Number(total.value) - 1);
        } else {
          for (const input of all("input:not([type=hidden]), textarea, select", row)) input.value = "";
        }
        changed();
      }
    });
  }

  // --- dialogs, menus, small marks -----------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;

    for (const menu of all("details.menu[open]")) if (!menu.contains(target)) menu.open = false;

    const opener = target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
        const first = dialog.querySelector("textarea, input:not([type=hidden]), select");
        if (first) first.focus();
      }
    }
    const closer = target.closest("[data-close]");
    if (closer) {
      const dialog = closer.closest("dialog[open]");
      if (dialog) {
        event.preventDefault();
        dialog.close();
      }
    }
    if (target.matches("dialog[open]")) {
      const box = target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) target.close();
    }
    const copier = target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copy);
      source.select();
      if (navigator.clipboard) navigator.clipboard.writeText(source.value).then(() => (copier.textContent = "已复制"));
    }
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-back]")) window.history.back();

    const anchor = target.closest(".error-summary a[href^='#']");
    if (anchor) {
      const place = document.getElementById(decodeURIComponent(anchor.hash.slice(1)));
      if (place) {
        event.preventDefault();
        place.scrollIntoView({ block: "center" });
        place.focus({ preventScroll: true });
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const asker = (event.submitter && event.submitter.closest("[data-confirm]")) || event.target.closest("form[data-confirm]");
    if (asker && !window.confirm(asker.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    // A second click on a slow line must not send the same thing twice.
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "1";
    window.setTimeout(() => delete event.target.dataset.sent, SENT_FOR_MS);
  });

  window.addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) delete form.dataset.sent;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto-submit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });

  document.addEventListener("change", (event) => {
    const name = event.target.dataset.pickAll;
    if (!name) return;
    for (const box of all(`input[type=checkbox][name="${name}"]`, event.target.form)) box.checked = event.target.checked;
  });

  // A kept form whose answer is a file leaves its page standing: it must not say that nothing was sent.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-kept]") || event.defaultPrevented) return;
    window.setTimeout(() => {
      for (const part of all("[data-until-sent]")) part.hidden = true;
      for (const part of all("[data-when-sent]")) part.hidden = false;
    }, 0);
  });

  // Whoever typed a number may look at it again: shown beside its input, logged by the server.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const place = button.parentElement.querySelector("[data-revealed]");
    const data = new FormData();
    data.append("field", button.dataset.field);
    data.append("reason", "own_entry");
    try {
      const answer = await fetch(button.dataset.reveal, {
        method: "POST",
        headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
        body: data,
      });
      place.innerHTML = answer.ok || answer.status === 422 ? await answer.text() : "暂时不能查看，请刷新页面后再试。";
    } catch {
      place.textContent = "没有连上服务器，请稍后再试。";
    }
  });

  // Empty filters do not belong in the address.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get" || event.defaultPrevented) return;
    const empty = all("input[name]:enabled, select[name]:enabled", event.target).filter((input) => input.value === "");
    for (const input of empty) input.disabled = true;
    window.setTimeout(() => empty.forEach((input) => (input.disabled = false)), 0);
  });

  // A table wider than its place says so: the bar below it may lie outside the window.
  const widths = new ResizeObserver((seen) => {
    for (const { target } of seen) target.toggleAttribute("data-wide", target.scrollWidth > target.clientWidth + 1);
  });

  function wire(root) {
    for (const box of all(".table-box", root)) widths.observe(box);
    for (const form of all("form[data-guard], form[data-autosave]", root)) guard(form);
    for (const form of all("form[data-autosave]", root)) autosave(form);
    for (const box of all("[data-formset]", root)) roster(box);
    const first = root.querySelector("[data-focus]");
    if (first) first.focus();
  }

  // On a narrow screen the navigation scrolls sideways: the page's own entry is in view.
  const here = document.querySelector(".main-nav [aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - 16;

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => wire(document));
  else wire(document);
})();
