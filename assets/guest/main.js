// The guest page: name, waiting, call, end. State lives in `state` and changes only in `receive` and
// in the handlers below; `draw` shows it.

import { Media, openDevices } from "./media.js";
import { afterEnd, afterRefusal, forGood } from "./reasons.js";
import { Signal } from "./signal.js";
import { chime } from "./sound.js";
import { Tiles, initials } from "./tiles.js";
import { language, t, translate } from "./words.js";

const $ = (id) => document.getElementById(id);
const SAVED_NAME = "katheder.name";
const ALERT_MS = 8000;
const OFFER_AGAIN_MS = 3000;

const state = {
  screen: "enter",
  kind: document.body.dataset.kind,
  you: null,
  people: new Map(),
  liveSince: null,
  waitingSince: null,
  link: false,
  media: "new",
  heard: true,
  slots: [],
  microphone: false,
  camera: false,
  chatOpen: false,
  unread: 0,
  policy: { chat_everyone: true, join_muted: false },
};

const link = location.pathname.split("/").pop();
const signal = new Signal(link, receive, (up) => {
  state.link = up;
  draw();
});
const media = new Media((message) => signal.send(message), mediaState, () => signal.reopen());
const tiles = new Tiles((videos) => {
  if (state.screen === "call") signal.send({ type: "watch", videos });
});

window.katheder = {
  signal,
  get pc() {
    return media.pc;
  },
  state,
};

let offerTimer = 0;

// ---- what the hub says

function receive(message) {
  switch (message.type) {
    case "joined":
      return enter(message.snapshot);
    case "waiting":
      return wait(message.reason);
    case "answer":
      return media.answer(message.sdp).catch(() => alarm(t("mediaFailed")));
    case "offer_refused":
      console.warn("offer refused:", message.detail);
      clearTimeout(offerTimer);
      offerTimer = setTimeout(() => state.screen === "call" && offer(), OFFER_AGAIN_MS);
      return alarm(t("mediaFailed"));
    case "participant_joined":
    case "participant_changed":
      return changed(message.participant);
    case "participant_left":
      state.people.delete(message.participant);
      return draw();
    case "chat":
      return hear(message.line);
    case "muted":
      return muted(message.by);
    case "policy":
      return setPolicy(message.policy);
    case "locked":
      return alarm(t(message.locked ? "nowLocked" : "nowOpen"));
    case "slots":
      state.slots = message.slots;
      return tiles.bind(message.slots, (mid) => media.track(mid));
    case "speakers":
      return tiles.setSpeakers(message.participants);
    case "layers":
      media.setWatched("camera", message.camera.length > 0);
      state.heard = message.microphone;
      return draw();
    case "refused":
      return end(afterRefusal(message.reason));
    case "ended":
      return end(afterEnd(message.reason));
    case "denied":
      console.warn("denied:", message.detail);
  }
}

function enter(snapshot) {
  const resumed = state.screen === "call" && state.you === snapshot.you;
  const waited = state.screen === "wait";
  state.you = snapshot.you;
  state.kind = snapshot.room.kind;
  state.liveSince = snapshot.live_since_ms;
  state.waitingSince = null;
  state.people = new Map(snapshot.participants.map((person) => [person.id, person]));
  $("lines").replaceChildren();
  snapshot.chat.forEach(addLine);
  if (!resumed) {
    const toHosts = state.kind === "webinar" && self()?.role === "attendee";
    scopeOf(toHosts ? "hosts" : "everyone").checked = true;
    if (snapshot.room.policy.join_muted && self()?.role !== "host") setDevice("microphone", null);
  }
  setPolicy(snapshot.room.policy);
  if (waited && $("chime").checked) chime([523, 659, 784]);
  screen("call");
  // After a short break of the signalling alone, media still flows: keep it.
  if (!(resumed && media.connected)) offer();
  sayMedia();
  tiles.repeatWish();
}

function offer() {
  media.offer().catch((error) => {
    console.warn("no offer:", error);
    alarm(t("mediaFailed"));
  });
}

function wait(reason) {
  const words = { on_hold: "hold", knock: "knock" }[reason] ?? "noHost";
  const held = reason === "on_hold";
  screen("wait");
  state.people.clear();
  state.waitingSince ??= Date.now();
  media.close();
  tiles.clear();
  $("lines").replaceChildren();
  toggleChat(false);
  $("wait-title").textContent = t(`${words}Title`);
  $("wait-text").textContent = t(`${words}Text`);
  $("wait-pill").querySelector("span").textContent = t(`${words}Pill`);
  $("wait-pill").querySelector("use").setAttribute("href", held ? "#i-pause" : "#i-door");
}

/** A host, or the room's own rule when nobody is named, switched the microphone off. */
function muted(by) {
  setDevice("microphone", null);
  sayMedia();
  alarm(by ? t("mutedBy", { by }) : t("mutedOnEntry"));
}

function setPolicy(policy) {
  state.policy = policy;
  const everyone = policy.chat_everyone || self()?.role !== "attendee";
  scopeOf("everyone").disabled = !everyone;
  if (!everyone && scopeOf("everyone").checked) scopeOf("hosts").checked = true;
}

function scopeOf(value) {
  return document.querySelector(`[name=scope][value=${value}]`);
}

function changed(person) {
  const before = state.people.get(person.id);
  state.people.set(person.id, person);
  if (person.id === state.you && before && before.may_publish !== person.may_publish) {
    alarm(t(person.may_publish ? "mayPublish" : "mayNotPublish"));
    if (!person.may_publish) {
      setDevice("microphone", null);
      setDevice("camera", null);
    }
  }
  if (person.id === state.you) setPolicy(state.policy);
  draw();
}

function end(why) {
  screen(why === "enter" ? "enter" : "over");
  media.close();
  tiles.clear();
  setDevice("microphone", null);
  setDevice("camera", null);
  state.people.clear();
  state.waitingSince = null;
  if (document.fullscreenElement) document.exitFullscreen();
  if (why === "enter") return nameIsWrong();
  $("over-title").textContent = t(`${why}Title`);
  $("over-text").textContent = t(`${why}Text`);
  $("again").hidden = forGood(why);
}

function mediaState(connection) {
  state.media = connection;
  if (connection === "connected") {
    sayMedia();
    tiles.repeatWish();
  }
  if (connection === "failed") alarm(t("mediaFailed"));
  draw();
}

// ---- what the guest does

function self() {
  return state.people.get(state.you);
}

function sayMedia() {
  if (self()?.may_publish) {
    signal.send({ type: "media", microphone: state.microphone, camera: state.camera, screen: false });
  }
}

function setDevice(source, track) {
  state[source] = track !== null;
  if (track) {
    track.onended = () => {
      setDevice(source, null);
      sayMedia();
    };
  }
  media.set(source, track).catch(() => alarm(t("mediaFailed")));
  draw();
}

async function toggle(source) {
  if (state[source]) {
    setDevice(source, null);
  } else {
    const opened = await openDevices({ microphone: source === "microphone", camera: source === "camera" });
    if (!opened[source]) {
      const why = t(`why${capital(opened.why)}`);
      return alarm(t(`${source}Failed`, { why }));
    }
    setDevice(source, opened[source]);
  }
  sayMedia();
}

async function prepareDevices() {
  if (state.kind === "webinar") return;
  note("", "mic", t("askTitle"), t("askText"));
  const opened = await openDevices({ microphone: true, camera: true });
  const { microphone, camera, why } = opened;
  if (state.screen === "over") return [microphone, camera].forEach((track) => track?.stop());
  if (microphone) setDevice("microphone", microphone);
  if (camera) setDevice("camera", camera);
  sayMedia();
  if (microphone && camera) note("good", "check", t("bothTitle"), t("bothText"));
  else if (microphone) note("good", "check", t("microphoneOnly"), t("noCamera"));
  else if (camera) note("good", "check", t("cameraOnly"), t("noMicrophone"));
  else {
    const key = why === "other" ? "busy" : why;
    note("bad", "warn", t(`${key}Title`), t(`${key}Text`));
  }
}

function join(event) {
  event.preventDefault();
  const name = $("name").value.trim();
  if (!name) return nameIsWrong();
  remember(name);
  $("join").textContent = t("joining");
  // The click allows sound from now on.
  chime([]);
  signal.join(name);
}

function nameIsWrong() {
  $("name").classList.add("wrong");
  $("name-hint").classList.add("wrong");
  $("name-hint").textContent = t("nameMissing");
  $("name").focus();
}

function leave() {
  signal.send({ type: "leave" });
  signal.close();
  end("left");
}

function toggleHand() {
  signal.send({ type: "hand", raised: self()?.hand_raised_at_ms === null });
}

function toggleChat(open = !state.chatOpen) {
  state.chatOpen = open;
  if (open) {
    state.unread = 0;
    $("chat").hidden = false;
    $("chat-input").focus();
    $("lines").scrollTop = $("lines").scrollHeight;
  }
  draw();
}

function say(event) {
  event.preventDefault();
  const text = $("chat-input").value.trim();
  if (!text || !state.link) return;
  const to = document.querySelector("[name=scope]:checked").value;
  signal.send({ type: "chat", scope: { to }, text });
  $("chat-input").value = "";
}

function hear(line) {
  addLine(line);
  if (!state.chatOpen) state.unread += 1;
  draw();
}

function addLine(line) {
  const item = document.createElement("li");
  const head = document.createElement("small");
  const who = document.createElement("b");
  who.textContent = line.from === state.you ? t("you") : line.from_name;
  const time = new Date(line.at_ms).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  head.append(who, ` · ${time}`);
  const aside = { hosts: t("toHosts"), private: t("toYou") }[line.scope.to];
  if (aside) {
    const scope = document.createElement("em");
    scope.textContent = ` · ${aside}`;
    head.append(scope);
  }
  const text = document.createElement("p");
  text.textContent = line.text;
  item.append(head, text);
  $("lines").append(item);
  $("lines").scrollTop = $("lines").scrollHeight;
}

// ---- showing it

function screen(name) {
  if (state.screen !== name) $("alert").hidden = true;
  state.screen = name;
  document.body.dataset.screen = name;
  for (const main of document.querySelectorAll("main")) main.hidden = main.id !== name;
  $("join").textContent = t("join");
  draw();
}

function draw() {
  const own = self();
  const mayPublish = own?.may_publish ?? false;
  $("reconnecting").hidden = state.link || !["call", "wait"].includes(state.screen);
  const stands = state.link && (state.screen !== "call" || state.media === "connected");
  for (const element of document.querySelectorAll(".link-state")) {
    element.textContent = t(stands ? "connected" : "connecting");
  }
  drawDoor();
  if (state.screen !== "call") return;

  tiles.show([...state.people.values()], state.you, media.tracks.camera);
  document.body.dataset.mute = String(!mayPublish);
  tool("mute", state.microphone ? "mic" : "mic-off", { off: !state.microphone }, t(state.microphone ? "mute" : "unmute"));
  tool("camera", state.camera ? "camera" : "camera-off", { off: !state.camera }, t(state.camera ? "cameraOff" : "cameraOn"));
  const up = own?.hand_raised_at_ms ?? null;
  tool("hand", "hand", { up: up !== null }, t(up === null ? "raise" : "lowerHand"));
  tool("chat-toggle", "chat", { open: state.chatOpen }, t(state.chatOpen ? "closeChat" : "openChat"));
  $("chat").hidden = !state.chatOpen;
  document.body.dataset.chat = state.chatOpen ? "open" : "closed";
  $("unread").hidden = state.unread === 0;
  $("unread").textContent = state.unread;
  const count = state.people.size;
  $("people").textContent = count === 1 ? t("person") : t("people", { count });

  $("hand-banner").hidden = up === null;
  const before = [...state.people.values()].filter((p) => p.hand_raised_at_ms !== null && p.hand_raised_at_ms < up);
  $("hand-place").textContent = t("handPlace", { place: before.length + 1 });

  // The lamp shows what leaves this machine, not what a button says.
  const lit = state.microphone && mayPublish && state.heard && state.link && state.media === "connected" && count > 1;
  $("lamp").classList.toggle("lit", lit);
  $("heard-dot").classList.toggle("lit", lit);
  $("heard").textContent = t(lit ? "heard" : mayPublish ? "unheard" : "watching");
}

function drawDoor() {
  const preview = $("preview");
  const track = media.tracks.camera;
  if ((preview.srcObject?.getVideoTracks()[0] ?? null) !== track) {
    preview.srcObject = track ? new MediaStream([track]) : null;
  }
  preview.hidden = !track;
  $("preview-face").hidden = Boolean(track);
  $("preview-face").textContent = initials($("name").value || "?");
  tool("pre-mute", state.microphone ? "mic" : "mic-off", {}, t(state.microphone ? "mute" : "unmute"));
  tool("pre-camera", state.camera ? "camera" : "camera-off", {}, t(state.camera ? "cameraOff" : "cameraOn"));
  $("pre-mute").setAttribute("aria-pressed", String(!state.microphone));
  $("pre-camera").setAttribute("aria-pressed", String(!state.camera));
}

function tool(id, icon, classes, label) {
  const button = $(id);
  button.querySelector("use").setAttribute("href", `#i-${icon}`);
  for (const [name, on] of Object.entries(classes)) button.classList.toggle(name, on);
  button.setAttribute("aria-label", label);
  button.title = label;
}

function note(kind, icon, title, text) {
  $("devices").className = `note ${kind}`;
  $("devices").querySelector("use").setAttribute("href", `#i-${icon}`);
  const bold = document.createElement("b");
  bold.textContent = title;
  $("devices").querySelector("p").replaceChildren(bold, ` ${text}`);
}

let alarmTimer = 0;
function alarm(text) {
  $("alert").querySelector("span").textContent = text;
  $("alert").hidden = false;
  chime([392, 330]);
  clearTimeout(alarmTimer);
  alarmTimer = setTimeout(() => ($("alert").hidden = true), ALERT_MS);
}

function clock() {
  const format = (ms) => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, "0"));
    return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${parts.join(":")}` : parts.join(":");
  };
  $("timer").textContent = state.liveSince ? format(Date.now() - state.liveSince) : "";
  $("wait-since").textContent = state.waitingSince ? format(Date.now() - state.waitingSince) : "";
}

function remember(name) {
  try {
    localStorage.setItem(SAVED_NAME, name);
  } catch {
    // Private windows may have no storage.
  }
}

/** The name that the session login passed on behind the `#`, or the one from last time. */
function recall() {
  const passed = new URLSearchParams(location.hash.slice(1)).get("name");
  if (passed) return passed;
  try {
    return localStorage.getItem(SAVED_NAME) ?? "";
  } catch {
    return "";
  }
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

// ---- start

translate(document);
document.querySelector("[data-t=kind]").textContent = t(state.kind === "webinar" ? "kindWebinar" : "kindCall");
$("chat-input").placeholder = t("write");
for (const [id, key] of [["chat-input", "write"], ["chat-send", "send"], ["chat-close", "closeChat"], ["fullscreen", "fullscreen"]]) {
  $(id).setAttribute("aria-label", t(key));
}
$("fullscreen").hidden = !document.fullscreenEnabled;
$("name").value = recall();
$("name").addEventListener("input", () => {
  $("name").classList.remove("wrong");
  $("name-hint").classList.remove("wrong");
  $("name-hint").textContent = t("nameHint");
  drawDoor();
});
$("form").addEventListener("submit", join);
for (const id of ["mute", "pre-mute"]) $(id).addEventListener("click", () => toggle("microphone"));
for (const id of ["camera", "pre-camera"]) $(id).addEventListener("click", () => toggle("camera"));
$("hand").addEventListener("click", toggleHand);
$("hand-lower").addEventListener("click", toggleHand);
$("chat-toggle").addEventListener("click", () => toggleChat());
$("chat-close").addEventListener("click", () => toggleChat(false));
$("chat-form").addEventListener("submit", say);
$("fullscreen").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
});
for (const button of document.querySelectorAll("[data-leave]")) button.addEventListener("click", leave);
$("again").addEventListener("click", () => location.reload());
$("alert").querySelector("button").addEventListener("click", () => ($("alert").hidden = true));
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]):not([type=checkbox])");
  if (state.screen !== "call" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { m: "mute", v: "camera", h: "hand", r: "hand", c: "chat-toggle", s: "fullscreen" };
  const button = $(keys[event.key.toLowerCase()] ?? "");
  if (button && button.offsetParent) {
    event.preventDefault();
    button.click();
  }
});
window.addEventListener("pagehide", () => signal.send({ type: "leave" }));
setInterval(clock, 500);
draw();
clock();
prepareDevices();
