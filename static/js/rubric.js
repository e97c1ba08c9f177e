// The running total of a score sheet. The server adds it up again; every sheet works without this file.
"use strict";

(() => {
  const HUNDREDTHS = 100;
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));

  // Points are counted in whole hundredths: 0.1 + 0.2 must be 0.3.
  function hundredths(text) {
    const number = Number(String(text).trim());
    return String(text).trim() === "" || Number.isNaN(number) ? null : Math.round(number * HUNDREDTHS);
  }

  function words(value) {
    return String(value / HUNDREDTHS);
  }

  function sumOf(category) {
    let sum = 0;
    for (const input of all("[data-points]", category)) {
      const points = hundredths(input.value);
      const tooMuch = points !== null && (points < 0 || points > hundredths(input.dataset.max));
      input.classList.toggle("is-invalid", tooMuch);
      if (points !== null && !tooMuch) sum += points;
    }
    for (const line of all("[data-settled]", category)) sum += hundredths(line.dataset.settled) || 0;
    return sum;
  }

  function bonusOf(box) {
    let sum = 0;
    for (const input of all("[data-bonus]", box)) {
      if (input.dataset.bonus === "free") {
        sum += hundredths(input.value) || 0;
        continue;
      }
      const count = Number(input.value) || 0;
      const times = box.dataset.per === "kind" ? Math.min(count, 1) : count;
      sum += times * (hundredths(input.dataset.bonus) || 0);
    }
    const capped = Math.min(sum, hundredths(box.dataset.cap));
    const note = box.querySelector("[data-bonus-note]");
    if (note) note.textContent = sum > capped ? `（填报 ${words(sum)} 分，按最多 ${words(capped)} 分计）` : "";
    return capped;
  }

  // What the grade is read from: the engine's caps, so that this line never says more than the result.
  function graded(rubric, base, bonus) {
    if (!bonus) return [base, ""];
    if (!rubric.dataset.counts) return [base, `（${words(base)}+${words(bonus)}，加分不计入）`];
    const cap = hundredths(rubric.dataset.totalCap || "");
    if (cap === null || base + bonus <= cap) return [base + bonus, ""];
    return [cap, `（${words(base)}+${words(bonus)}，封顶 ${words(cap)}）`];
  }

  // The bureau's own criteria: each line's share of its full points times its weight, exact in whole numbers.
  function weightedTotal(rubric) {
    let above = 0n;
    let below = 1n;
    for (const input of all("[data-weight]", rubric)) {
      const points = hundredths(input.value);
      const most = hundredths(input.dataset.max);
      const tooMuch = points !== null && (points < 0 || points > most);
      input.classList.toggle("is-invalid", tooMuch);
      if (points === null || tooMuch) continue;
      above = above * BigInt(most) + BigInt(points) * BigInt(hundredths(input.dataset.weight)) * below;
      below *= BigInt(most);
    }
    below *= BigInt(HUNDREDTHS);
    const places = Number(rubric.dataset.weighted);
    const steps = above * 10n ** BigInt(places);
    const whole = rubric.dataset.halfUp ? (steps * 2n + below) / (below * 2n) : steps / below;
    return (Number(whole) / 10 ** places).toFixed(places);
  }

  function wire(rubric) {
    function add() {
      if (rubric.dataset.weighted) {
        rubric.querySelector("[data-rubric-total]").textContent = weightedTotal(rubric);
        return;
      }
      let base = 0;
      let bonus = 0;
      for (const category of all("[data-category]", rubric)) {
        const sum = sumOf(category);
        base += sum;
        category.querySelector("[data-category-total]").textContent = words(sum);
      }
      for (const box of all("[data-bonus-box]", rubric)) {
        const sum = bonusOf(box);
        bonus += sum;
        box.querySelector("[data-bonus-total]").textContent = words(sum);
      }
      const [total, note] = graded(rubric, base, bonus);
      rubric.querySelector("[data-rubric-total]").textContent = words(total);
      rubric.querySelector("[data-rubric-note]").textContent = note;
    }
    rubric.addEventListener("input", add);
    add();
  }

  for (const rubric of all("[data-rubric]", document)) wire(rubric);
})();
