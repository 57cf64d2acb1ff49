"use strict";

const byId = (id) => document.getElementById(id);
const [modelMenu, form, text, options, go, stop, answer] =
  ["model", "form", "text", "options", "go", "stop", "answer"].map(byId);
let models = [];
let controller = null;

/* Elements are made from text, never from HTML: what a model or a user writes cannot run. */
function element(name, content = "", attributes = {}) {
  const made = document.createElement(name);
  made.append(...(Array.isArray(content) ? content : [content]));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const strength = (share) => Math.min(4, Math.ceil(Math.abs(share) * 4));
const current = () => models.find((model) => model.name === modelMenu.value);

async function post(operation, body, signal) {
  const response = await fetch(`/${operation}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: modelMenu.value, ...body }),
    signal,
  });
  if (response.ok) return response;
  const fault = await response.json().catch(() => ({}));
  throw new Error(fault.error || `the server answered with ${response.status}`);
}

function probabilities(values) {
  const rows = Object.entries(values).slice(0, 10).flatMap(([label, share]) => [
    element("span", label, { dir: "auto" }),
    element("meter", percent(share), { min: 0, max: 1, value: share, "aria-label": label }),
    element("span", percent(share)),
  ]);
  return element("div", rows, { class: "bars" });
}

function coloured(segments) {
  return segments.map((segment) => {
    if (segment.score === null) return segment.text;
    const side = segment.score < 0 ? "against" : "for";
    return element("mark", segment.text, {
      class: `${side} s${strength(segment.strength)}`,
      title: segment.score.toFixed(3),
    });
  });
}

async function classify(signal) {
  const body = { text: text.value };
  const prediction = await (await post("classify", body, signal)).json();
  const names = prediction.labels === undefined ? [prediction.label] : prediction.labels;
  const head = element("h2", names.join(", ") || "(no label)", { dir: "auto" });
  answer.replaceChildren(head, probabilities(prediction.probabilities));
  if (current().labels.length < 2) return;
  const label = current().labels.includes(prediction.label) ? prediction.label : null; // not of an unsure answer
  const explanation = await (await post("explain", { ...body, label }, signal)).json();
  answer.append(
    element("p", coloured(explanation.segments), { class: "text", dir: "auto" }),
    element("p", `Blue words are evidence for ${explanation.label}, red ones with a dashed line against it.`, { class: "note" }),
  );
}

async function rate(signal) {
  const rated = await (await post("rate", { text: text.value }, signal)).json();
  answer.replaceChildren(element("p", String(Number(rated.number.toPrecision(4))), { class: "number" }));
}

async function tag(signal) {
  const tagged = await (await post("tag", { text: text.value }, signal)).json();
  const characters = Array.from(text.value); // offsets count code points
  const outside = tagged.labels.every((label) => label === "O");
  const words = tagged.offsets.map(([start, end], index) => ({ start, end, label: tagged.labels[index] }));
  const pieces = [];
  let end = 0;
  for (const span of tagged.spans.length || outside ? tagged.spans : words) {
    pieces.push(characters.slice(end, span.start).join(""));
    const name = element("small", span.label);
    pieces.push(element("mark", [characters.slice(span.start, span.end).join(""), " ", name], { class: "span" }));
    end = span.end;
  }
  pieces.push(characters.slice(end).join(""));
  answer.replaceChildren(element("p", pieces, { class: "text", dir: "auto" }));
  if (outside) answer.append(element("p", "Nothing was found to mark.", { class: "note" }));
}

function attentionTable({ source, target, weights }) {
  const head = element("thead", element("tr", [element("td"), ...source.map((word) => element("th", word, { scope: "col" }))]));
  const rows = target.map((word, row) => element("tr", [
    element("th", word, { scope: "row" }),
    ...weights[row].map((weight, column) => element(
      "td",
      element("span", percent(weight), { class: "visually-hidden" }),
      { class: `a${strength(weight)}`, title: `${word} - ${source[column]}: ${percent(weight)}` },
    )),
  ]));
  return element("div", element("table", [head, element("tbody", rows)]), { class: "scroll", tabindex: "0", role: "region", "aria-label": "Attention" });
}

async function translate(signal) {
  const translated = await (await post("translate", { text: text.value, attention: true }, signal)).json();
  answer.replaceChildren(element("p", translated.translation || "(empty)", { class: "text", dir: "auto" }));
  if (translated.attention) {
    answer.append(
      element("h2", "Attention"),
      attentionTable(translated.attention),
      element("p", "The darker, the more a word of the translation reads a word of the sentence.", { class: "note" }),
    );
  }
}

async function generate(signal) {
  const body = {
    text: text.value,
    stream: true,
    length: Number(byId("length").value),
    temperature: Number(byId("temperature").value),
  };
  if (byId("seed").value !== "") body.seed = Number(byId("seed").value);
  const response = await post("generate", body, signal);
  const drawn = element("span");
  answer.replaceChildren(element("p", [element("strong", text.value), drawn], { class: "text", dir: "auto" }));
  const events = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await events.read();
    if (done) return;
    const lines = (pending + value).split("\n\n");
    pending = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line.slice("data: ".length));
      if (event.error) throw new Error(event.error);
      if (event.text) drawn.append(event.text);
    }
  }
}

const ANSWERS = { classifier: classify, regressor: rate, tagger: tag, translator: translate, generator: generate };

async function submit() {
  controller?.abort();
  const running = new AbortController();
  controller = running;
  go.disabled = true;
  stop.hidden = current().kind !== "generator";
  answer.setAttribute("aria-busy", "true");
  try {
    await ANSWERS[current().kind](running.signal);
  } catch (fault) {
    if (fault.name !== "AbortError") answer.append(element("p", fault.message, { class: "error", role: "alert" }));
  } finally {
    if (controller === running) {
      go.disabled = false;
      stop.hidden = true;
      answer.setAttribute("aria-busy", "false");
    }
  }
}

function chooseModel() {
  controller?.abort();
  const isGenerator = current().kind === "generator";
  options.hidden = !isGenerator;
  byId("text-label").textContent = isGenerator ? "Beginning of the text" : "Text";
  text.value = current().example;
  answer.replaceChildren();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer.replaceChildren();
  submit();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") controller?.abort();
});
stop.addEventListener("click", () => controller?.abort());
modelMenu.addEventListener("change", chooseModel);

fetch("/models").then((response) => response.json()).then((described) => {
  models = described.models;
  modelMenu.replaceChildren(...models.map((model) => element("option", `${model.name} (${model.kind})`, { value: model.name })));
  chooseModel();
  text.focus();
}).catch(() => answer.replaceChildren(element("p", "The server does not answer.", { class: "error" })));
