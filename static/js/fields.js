// The fields of a document's head: each is saved when it is left. What is refused stays visible with its reason; what
// somebody else changed meanwhile is shown beside what was typed.
import { note, saving } from "./announce.js";
import { confirm } from "./dialog.js";
import { Queue, Refused, get, send } from "./net.js";
import { swap } from "./parts.js";
import { busy, holdBack, register } from "./pending.js";
import { enterGrid } from "./sections.js";
import { text } from "./text.js";

// Milliseconds after which the parts of the page that follow are read anew: after a field, and after lines.
const SOON = 500;
const LATER = 1500;
// Answered with no, these leave everything as it was.
const ALL_OR_NOTHING = ["recreate_lines", "confirmed"];

/** Make the fields of a page editable. page: the element with data-fields and data-parts, the addresses to speak to. */
export function start(page) {
  const queue = register(new Queue());
  const inputs = new Map([...page.querySelectorAll("[data-field]")].map((input) => [input.dataset.field, input]));
  let timer;

  for (const input of inputs.values()) {
    if ("locked" in input.dataset) continue;
    if (input.matches("select, [type=checkbox]")) input.disabled = false;
    else input.readOnly = false;
  }

  const fieldOf = (target) => target.closest?.("[data-field]:not([data-locked])");
  const committed = (event) => {
    const input = fieldOf(event.target);
    if (input && page.contains(input)) commit(input);
  };
  page.addEventListener("focusout", committed);
  page.addEventListener("pending:commit", committed);
  page.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]") || event.target !== document.activeElement) committed(event);
  });
  page.addEventListener("keydown", (event) => {
    const input = fieldOf(event.target);
    if (!input || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") giveUp(event, input);
    if (event.key === "Enter" && !input.matches("textarea")) goOn(event, input);
  });
  document.addEventListener("lines:saved", () => readSoon(LATER));
  document.addEventListener("document:refresh", () => readAnew());
  holdBack(() => {
    const wrong = page.querySelector('[data-field][aria-invalid="true"], [data-field][data-conflict]');
    return wrong ? text("fields.unsettled", { field: labelOf(wrong) }) : "";
  });

  function commit(input) {
    const value = valueOf(input);
    if (value === (input.dataset.sent ?? input.dataset.value)) {
      if (value === input.dataset.value) settle(input);
      return;
    }
    if (input.dataset.refused === value || "conflict" in input.dataset) return;
    input.dataset.sent = value;
    saving("saving");
    queue.put(() => save(input, value));
  }

  async function save(input, value, answers = {}) {
    const name = input.dataset.field;
    try {
      const answer = await send(page.dataset.fields, {
        fields: { [name]: { old: input.dataset.value, new: value } },
        answers,
      });
      delete input.dataset.sent;
      took(input, value, answer);
    } catch (error) {
      delete input.dataset.sent;
      if (!(error instanceof Refused)) {
        refuse(input, value, [{ message: text("fields.unreachable") }]);
        saving("failed");
      } else if (error.answer.question) {
        await question(input, value, answers, error.answer.question);
      } else if (error.answer.conflicts?.length) {
        apply(error.answer, input);
        conflict(input, error.answer.conflicts[0]);
        saving("failed");
      } else {
        refuse(input, value, error.problems.length ? error.problems : [{ message: error.message }]);
        saving("failed");
      }
    }
  }

  function took(input, value, answer) {
    settle(input);
    if (valueOf(input) === value) show(input, answer.fields[input.dataset.field] ?? value);
    input.dataset.value = answer.fields[input.dataset.field] ?? value;
    apply(answer, input);
    for (const warning of answer.warnings ?? []) note(warning.message, "warning");
    saving("saved");
    if (answer.rows?.length) document.dispatchEvent(new CustomEvent("lines:changed", { detail: answer }));
    if (answer.reload) queue.idle().then(() => window.location.reload());
    else readSoon();
  }

  async function question(input, value, answers, asked) {
    const yes = await confirm(asked.message);
    if (!yes && ALL_OR_NOTHING.includes(asked.field)) {
      show(input, input.dataset.value);
      settle(input);
      saving("saved");
      return;
    }
    await save(input, value, { ...answers, [asked.field]: yes });
  }

  // What the server says of all fields, put where nobody is typing.
  function apply(answer, saved) {
    if (answer.version) page.dataset.version = answer.version;
    for (const [name, value] of Object.entries(answer.fields ?? {})) {
      const input = inputs.get(name);
      if (!input) continue;
      const touched = input === saved || "sent" in input.dataset || valueOf(input) !== input.dataset.value;
      if (!touched) {
        input.dataset.value = value;
        show(input, value);
      }
      for (const fact of page.querySelectorAll(`[data-summary="${name}"]`)) {
        fact.textContent = input.matches("select") && value ? labelOfChoice(input, value) : value;
      }
    }
  }

  function readSoon(pause = SOON) {
    clearTimeout(timer);
    timer = setTimeout(() => { if (busy()) readSoon(pause); else readAnew(); }, pause);
  }

  async function readAnew() {
    const answer = await get(page.dataset.parts).catch(() => null);
    if (!answer) return;
    const kept = ["saving", "presence"].map((id) => document.getElementById(id));
    swap(answer.parts);
    for (const element of kept) document.getElementById(element?.id)?.replaceWith(element);
    document.dispatchEvent(new CustomEvent("document:parts"));
    apply(answer);
  }

  function giveUp(event, input) {
    if (valueOf(input) === input.dataset.value && !input.hasAttribute("aria-invalid")) return;
    event.preventDefault();
    event.stopPropagation();
    show(input, input.dataset.value);
    settle(input);
  }

  function goOn(event, input) {
    event.preventDefault();
    commit(input);
    if (input.dataset.field === "external_document_no") {
      const grid = page.querySelector("[data-module~=grid]");
      if (grid && enterGrid(grid)) return;
    }
    const all = [...page.querySelectorAll("[data-field]:not([data-locked])")].filter((each) => each.checkVisibility());
    const next = all[all.indexOf(input) + 1];
    next?.focus();
    next?.select?.();
  }

  function refuse(input, value, problems) {
    input.dataset.refused = value;
    input.setAttribute("aria-invalid", "true");
    const place = placeOf(input);
    place.replaceChildren(...problems.map((problem) => {
      const line = Object.assign(document.createElement("span"), { textContent: problem.message });
      if (problem.setup) {
        line.append(" ", Object.assign(document.createElement("a"), {
          href: problem.setup, textContent: text("fields.mend"),
        }));
      }
      return line;
    }));
  }

  function conflict(input, { theirs }) {
    input.dataset.conflict = theirs;
    const place = placeOf(input);
    const says = Object.assign(document.createElement("span"), {
      textContent: text("fields.conflict", { value: labelOfChoice(input, theirs) || text("fields.nothing") }),
    });
    const mine = button(text("fields.mine"), () => {
      settle(input);
      input.dataset.value = theirs;
      commit(input);
    });
    const take = button(text("fields.theirs"), () => {
      settle(input);
      input.dataset.value = theirs;
      show(input, theirs);
      saving("saved");
      input.focus();
    });
    place.replaceChildren(says, mine, take);
  }

  function placeOf(input) {
    const cell = input.closest(".cell");
    let place = cell.querySelector(".cell__problem");
    if (!place) {
      place = Object.assign(document.createElement("p"), { className: "cell__problem", id: `${input.id}-problem` });
      place.setAttribute("role", "alert");
      cell.append(place);
    }
    input.setAttribute("aria-describedby", place.id);
    return place;
  }

  function settle(input) {
    delete input.dataset.refused;
    delete input.dataset.conflict;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    input.closest(".cell").querySelector(".cell__problem")?.remove();
  }
}

const valueOf = (input) => (input.type === "checkbox" ? String(input.checked) : input.value);

function show(input, value) {
  if (input.type === "checkbox") input.checked = value === "true";
  else if (input.value !== value) input.value = value;
}

function labelOfChoice(input, value) {
  if (!input.matches("select")) return value;
  return [...input.options].find((option) => option.value === value)?.textContent ?? value;
}

const labelOf = (input) => input.labels[0].textContent.replace("*", "").trim();

function button(label, run) {
  const element = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
  element.addEventListener("click", run);
  return element;
}
