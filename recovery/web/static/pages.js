// Keeps the list fresh, answers the keyboard, and counts a text's signs. Every page works without it.
"use strict";

(() => {
  const every = 5000; // milliseconds between two looks
  const list = () => document.getElementById("list");
  const news = document.getElementById("news");

  // --- freshness: the list's lines are swapped and nothing else; of a case it is only told ---------

  const known = new Set();
  let timer = 0;
  let looking = false;

  function remember(from) {
    const ids = [...from.querySelectorAll("[data-case]")].map((line) => line.dataset.case);
    const fresh = ids.filter((id) => !known.has(id));
    ids.forEach((id) => known.add(id));
    return fresh.length;
  }

  const shown = () => document.querySelector("[data-fresh]");

  async function look() {
    clearTimeout(timer);
    if (document.hidden || looking) return;
    looking = true;
    try {
      const headers = { "If-None-Match": `"${shown().dataset.tag}"` };
      const answer = await fetch(shown().dataset.fresh, { headers, cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect") return say("You are signed out: please load the page again.");
      if (answer.status === 204) return tell();
      if (answer.status === 200) swap(await answer.text());
      else if (answer.status !== 304) throw new Error(String(answer.status));
      if (news.dataset.late) say("");
      delete news.dataset.late;
    } catch {
      news.dataset.late = "yes";
      say("Not fresh: the server does not answer. Trying again.");
    } finally {
      looking = false;
    }
    timer = setTimeout(look, every);
  }

  function say(sentence) {
    if (news.textContent !== sentence) news.textContent = sentence;
  }

  function tell() {
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Load it again";
    news.replaceChildren("There is something new in this case. ", link);
  }

  function swap(text) {
    if (list().querySelector(":active")) return; // a button is being pressed just now
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const count of page.querySelectorAll("[data-count]")) {
      const here = document.querySelector(`[data-count="${count.dataset.count}"]`);
      if (here) here.textContent = count.textContent;
    }
    const place = focused();
    const next = document.adoptNode(page.getElementById("list"));
    list().replaceWith(next);
    refocus(place);
    const fresh = remember(next);
    if (fresh) say(fresh === 1 ? "1 new case." : `${fresh} new cases.`);
  }

  function focused() {
    const line = document.activeElement.closest?.("[data-case]");
    if (!line) return null;
    return { id: line.dataset.case, part: document.activeElement.dataset.part, index: lines().indexOf(line) };
  }

  function refocus(place) {
    if (!place) return;
    const line = lines().find((each) => each.dataset.case === place.id) ?? lines()[Math.min(place.index, lines().length - 1)];
    const part = line?.querySelector(`[data-part="${place.part}"]`) ?? line?.querySelector("[data-part=open]");
    part?.focus({ preventScroll: true });
  }

  if (shown()) {
    remember(document);
    timer = setTimeout(look, every);
    document.addEventListener("visibilitychange", look);
  }

  // --- a button pressed twice sends once -----------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // --- the keyboard ----------------------------------------------------------------------------

  const keys = document.getElementById("keys");
  const lines = () => [...document.querySelectorAll("[data-case]")];
  const current = () => document.activeElement.closest?.("[data-case]");
  const keysOn = () => localStorage.getItem("keys") !== "off";

  function step(by) {
    const all = lines();
    const at = all.indexOf(current());
    const to = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    to?.querySelector("[data-part=open]").focus();
    to?.scrollIntoView({ block: "nearest" });
  }

  function open(section) {
    const target = document.getElementById(section);
    if (!target) return;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView({ block: "nearest" });
    target.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  }

  const onList = {
    j: () => step(1),
    k: () => step(-1),
    a: () => current()?.querySelector("[data-part=acknowledge]")?.click(),
    r: () => {
      const link = current()?.querySelector("[data-part=open]");
      if (link) location.href = `${link.href}#resolve`;
    },
    "/": () => document.getElementById("q").focus(),
  };
  const onCase = {
    a: () => document.querySelector("#acknowledge button")?.click(),
    r: () => open("resolve"),
    t: () => open("message"),
    n: () => open("note"),
    u: () => document.querySelector(".back a").click(),
  };

  function typing(target) {
    return target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const act = event.key === "?" ? showKeys : keysOn() && (list() ? onList : onCase)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  function showKeys() {
    document.getElementById("keys-on").checked = keysOn();
    keys.showModal();
  }

  if (keys) {
    const button = document.getElementById("show-keys");
    button.hidden = false;
    button.addEventListener("click", showKeys);
    document.getElementById("keys-on").addEventListener("change", (event) => {
      localStorage.setItem("keys", event.target.checked ? "on" : "off");
    });
  }

  // --- the case: a link to a form opens it; a text is counted as it is typed ---------------------

  function openTarget() {
    if (location.hash.length > 1 && !list()) open(location.hash.slice(1));
  }

  document.querySelectorAll(".doing a").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(link.hash.slice(1));
    });
  });
  // After the browser went to the place itself, which takes the focus away.
  window.addEventListener("load", () => requestAnimationFrame(openTarget));

  const text = document.getElementById("text-text");
  const told = document.getElementById("text-length");

  function segments(said) {
    const { basic, extension } = told.dataset;
    const signs = [...said];
    const plain = signs.every((sign) => basic.includes(sign) || extension.includes(sign));
    const widths = signs.map((sign) => (plain ? 1 + extension.includes(sign) : sign.length));
    const [alone, each] = plain ? [160, 153] : [70, 67];
    if (widths.reduce((sum, width) => sum + width, 0) <= alone) return 1;
    let [count, used] = [1, 0];
    for (const width of widths) {
      if (used + width > each) [count, used] = [count + 1, 0];
      used += width;
    }
    return count;
  }

  function count() {
    const said = text.value.trim();
    const texts = segments(said);
    told.textContent = said ? `${said.length} characters, ${texts === 1 ? "one text" : `sent as ${texts} texts`}.` : "";
  }

  if (text && told) {
    text.addEventListener("input", count);
    count();
    document.querySelectorAll("[data-text]").forEach((link) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        text.value = link.dataset.text;
        const english = document.getElementById("message-english");
        if (english) english.textContent = `In English: ${link.dataset.english}`;
        count();
        text.focus();
      });
    });
  }
})();
