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

  // What another person saved meanwhile comes into the page, unless it was typed over since.
  function takeNews(form, sent, news) {
    const now = new FormData(form);
    const belongs = (name, path) => name === path || name.startsWith(`${path}-`);
    const of = (data, path) => JSON.stringify(Array.from(data).filter(([name]) => belongs(name, path)));
    if (news.some((one) => of(sent, one.path) !== of(now, one.path))) return false;
    for (const one of news) {
      if (one.html !== undefined) {
        const place = document.getElementById(`table-${one.path}`);
        if (!place) continue;
        const blank = document.createElement("template");
        blank.innerHTML = one.html;
        const fresh = blank.content.firstElementChild;
        place.replaceWith(fresh);
        for (const box of all("[data-formset]", fresh)) roster(box);
        continue;
      }
      for (const input of form.elements) {
        if (input.name !== one.path) continue;
        if (input.type === "radio") input.checked = input.value === one.value;
        else input.value = one.value;
      }
    }
    return true;
  }

  function autosave(form) {
    const url = form.dataset.autosave;
    let timer = 0;
    let running = false;
    let again = false;
    let waiting = null;
    let collided = false;

    async function save() {
      if (running) {
        again = true;
        return;
      }
      running = true;
      again = false;
      say(form, "正在保存…");
      try {
        const sent = withoutFiles(form);
        const answer = await fetch(url, {
          method: "POST",
          body: sent,
          headers: { "X-CSRFToken": csrfToken(form), "X-Autosave": "1", Accept: "application/json" },
          credentials: "same-origin",
          redirect: "manual",
        });
        if (answer.status === 409) {
          const body = await answer.json().catch(() => ({}));
          collide(body.error || "保存失败：他人已修改，您的内容仍在本页。");
        } else if (!answer.ok) {
          say(form, "保存失败，请检查网络或重新登录，内容仍在本页", "danger");
        } else {
          const body = await answer.json().catch(() => ({}));
          const shown = takeNews(form, sent, body.theirs || []);
          // What was typed meanwhile over another one's news is still made from the old base.
          if (shown) {
            for (const name of ["version", "base"]) {
              const input = form.querySelector(`input[name=${name}]`);
              if (input && body[name] !== undefined) input.value = body[name];
            }
          }
          if (!again) dirty.delete(form);
          const news = (body.theirs || []).map((one) => one.label).join("、");
          say(form, `已于 ${clock()} 保存${news && shown ? `；他人同时修改的“${news}”已更新到本页` : ""}`, "success");
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

    // The page that shows both versions is the answer to sending the form.
    function collide(words) {
      collided = true;
      say(form, words, "danger");
      const place = form.querySelector("[data-save-state]");
      if (!place) return;
      const button = document.createElement("button");
      button.type = "submit";
      button.className = "btn btn-sm";
      button.textContent = "比较两个版本";
      place.append(" ", button);
    }

    function changed() {
      if (collided) return;
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

  // --- files in parts: progress, and going on after a broken connection -------------

  const TRIES = [1000, 2000, 4000, 8000, 15000, 30000];
  const pause = (ms) => new Promise((done) => window.setTimeout(done, ms));

  class Refusal extends Error {}

  // Asks until the server answers; what it refuses is not asked again.
  async function persist(url, options, waiting) {
    for (let attempt = 0; ; attempt += 1) {
      let answer = null;
      try {
        answer = await fetch(url, { ...options, credentials: "same-origin", redirect: "manual" });
      } catch {
        // No connection: tried again below.
      }
      const body = answer ? await answer.json().catch(() => ({})) : {};
      if (answer && answer.ok) return body;
      if (answer && [404, 409, 422].includes(answer.status)) throw new Refusal(body.error || "没有上传成功");
      if (answer && answer.status < 500 && answer.status !== 429) throw new Refusal("登录已失效或不能上传，请刷新页面后再试");
      if (attempt >= TRIES.length) throw new Error("断线");
      waiting();
      await pause(TRIES[attempt]);
    }
  }

  async function sendFile(form, file, show) {
    const headers = { "X-CSRFToken": csrfToken(form), Accept: "application/json" };
    const waiting = () => show("连接中断，正在重试…");
    const data = new FormData();
    data.append("name", file.name);
    data.append("size", String(file.size));
    const begun = await persist(form.dataset.parts, { method: "POST", headers, body: data }, waiting);
    let received = begun.received;
    for (;;) {
      show(`已上传 ${Math.floor((received * 100) / file.size)}%`, received / file.size);
      const body = await persist(
        `${begun.url}?offset=${received}`,
        {
          method: "POST",
          headers: { ...headers, "Content-Type": "application/octet-stream" },
          body: file.slice(received, received + begun.part),
        },
        waiting,
      );
      if (body.done) return;
      received = body.received;
    }
  }

  function sendInParts(form) {
    const input = form.querySelector("input[type=file]");
    if (!input || !window.fetch || !File.prototype.slice) return;
    form.addEventListener("submit", async (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      const button = form.querySelector("button[type=submit]");
      if (button.disabled) return;
      button.disabled = true;
      const list = document.createElement("ul");
      list.className = "uploads";
      list.setAttribute("role", "status");
      const former = form.parentElement.querySelector(".uploads");
      if (former) former.remove();
      form.after(list);
      let wrong = 0;
      for (const file of Array.from(input.files)) {
        const line = document.createElement("li");
        const words = document.createElement("span");
        const bar = document.createElement("progress");
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", file.name);
        line.append(`${file.name} `, bar, " ", words);
        list.append(line);
        try {
          await sendFile(form, file, (text, share) => {
            words.textContent = text;
            if (share !== undefined) bar.value = share;
          });
          bar.value = 1;
          words.textContent = "已上传";
        } catch (error) {
          wrong += 1;
          line.dataset.tone = "danger";
          words.textContent = error instanceof Refusal ? error.message : "连接中断；网络恢复后再按“上传”，从断开处继续";
        }
      }
      button.disabled = false;
      if (wrong) return;
      window.location.hash = form.closest("section").id;
      window.location.reload();
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
    for (const form of all("form[data-parts]", root)) sendInParts(form);
    const first = root.querySelector("[data-focus]");
    if (first) first.focus();
  }

  // On a narrow screen the navigation scrolls sideways: the page's own entry is in view.
  const here = document.querySelector(".main-nav [aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - 16;

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => wire(document));
  else wire(document);
})();
