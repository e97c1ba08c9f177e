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
    return Math.min(sum, hundredths(box.dataset.cap));
  }

  function wire(rubric) {
    function add() {
      let total = 0;
      for (const category of all("[data-category]", rubric)) {
        const sum = sumOf(category);
        total += sum;
        category.querySelector("[data-category-total]").textContent = words(sum);
      }
      for (const box of all("[data-bonus-box]", rubric)) {
        const sum = bonusOf(box);
        total += sum;
        box.querySelector("[data-bonus-total]").textContent = words(sum);
      }
      rubric.querySelector("[data-rubric-total]").textContent = words(total);
    }
    rubric.addEventListener("input", add);
    add();
  }

  for (const rubric of all("[data-rubric]", document)) wire(rubric);
})();
