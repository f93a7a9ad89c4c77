// The pictures: one tile a person, shared screens on the stage. Tells which pictures are wanted and
// how many lines they really have.

import { t } from "./words.js";

const MAX_TILES = 9;
const GAP = 8;
const SHAPE = 16 / 9;

export class Tiles {
  /** `onWatch(videos)` gets the wish for the hub whenever it changes. */
  constructor(onWatch) {
    this.onWatch = onWatch;
    this.stage = document.getElementById("stage");
    this.grid = document.getElementById("tiles");
    this.tiles = new Map();
    this.bindings = new Map();
    this.speakers = [];
    this.wish = "";
    this.people = [];
    this.you = null;
    this.self = null;
    new ResizeObserver(() => this.layOut()).observe(this.grid.parentElement);
  }

  /** Draws these people; `self` is the own camera's track or null. */
  show(people, you, self) {
    Object.assign(this, { people, you, self });
    const shown = this.order();
    const wanted = new Map();
    for (const person of people) {
      if (person.screen && person.id !== you) {
        wanted.set(`screen ${person.id}`, { person, source: "screen" });
      }
    }
    for (const person of shown) wanted.set(`camera ${person.id}`, { person, source: "camera" });
    for (const [key, tile] of this.tiles) {
      if (!wanted.has(key)) {
        tile.remove();
        this.tiles.delete(key);
      }
    }
    let screens = 0;
    for (const [key, { person, source }] of wanted) {
      const tile = this.tiles.get(key) ?? this.make(key, person, source);
      // The stage has one place; a second screen becomes a tile.
      const home = source === "screen" && screens++ === 0 ? this.stage : this.grid;
      // Moving an element restarts its video, so only what stands elsewhere is moved.
      if (tile.parentElement !== home) home.append(tile);
      this.draw(tile, person, source);
    }
    this.sort([...wanted.keys()]);
    this.alone(wanted.size === 0);
    this.layOut();
  }

  /** Which slot carries what. */
  bind(slots, trackOf) {
    this.bindings.clear();
    for (const slot of slots) {
      if (slot.participant === null || slot.source === "microphone") continue;
      this.bindings.set(`${slot.source} ${slot.participant}`, trackOf(slot.mid));
    }
    this.show(this.people, this.you, this.self);
  }

  setSpeakers(speakers) {
    this.speakers = speakers;
    for (const person of this.people) {
      const tile = this.tiles.get(`camera ${person.id}`);
      if (tile) this.draw(tile, person, "camera");
    }
  }

  /** Says the wish again: a fresh connection knows none. */
  repeatWish() {
    this.wish = "";
    this.askFor();
  }

  clear() {
    this.bindings.clear();
    this.speakers = [];
    this.show([], null, null);
  }

  /** Whoever may show themselves, in a steady order, oneself last. */
  order() {
    const rank = { host: 0, presenter: 1, attendee: 2 };
    const on = this.people.filter((person) => person.may_publish && person.id !== this.you);
    on.sort((a, b) => rank[a.role] - rank[b.role] || b.camera - a.camera || a.id - b.id);
    const self = this.people.filter((person) => person.id === this.you && person.may_publish);
    return [...on.slice(0, MAX_TILES), ...self];
  }

  make(key, person, source) {
    const tile = document.createElement("div");
    tile.className = "tile";
    tile.dataset.participant = person.id;
    tile.dataset.source = source;
    const face = document.createElement("div");
    face.className = "face";
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, playsInline: true, muted: true });
    const plate = document.createElement("div");
    plate.className = "plate";
    tile.append(face, video, plate);
    this.tiles.set(key, tile);
    return tile;
  }

  draw(tile, person, source) {
    const own = person.id === this.you;
    const track = own ? this.self : (this.bindings.get(`${source} ${person.id}`) ?? null);
    const video = tile.querySelector("video");
    const current = video.srcObject?.getVideoTracks()[0] ?? null;
    if (track !== current) video.srcObject = track ? new MediaStream([track]) : null;
    const sends = source === "screen" ? person.screen : person.camera;
    tile.classList.toggle("shown", Boolean(track && (own || sends)));
    tile.classList.toggle("self", own);
    const speaking = source === "camera" && person.microphone && this.speakers.includes(person.id);
    tile.classList.toggle("speaking", speaking);
    tile.querySelector(".face").textContent = initials(person.name);

    const name = own ? t("you") : person.name;
    const label = document.createElement("span");
    label.textContent = source === "screen" ? t("screenOf", { name }) : name;
    const parts = [label];
    if (source === "camera" && !person.microphone) parts.unshift(icon("mic-off", "muted"));
    if (speaking) parts.unshift(icon("sound", "talks"));
    tile.querySelector(".plate").replaceChildren(...parts);

    tile.querySelector(".raised-hand")?.remove();
    if (source === "camera" && person.hand_raised_at_ms !== null) {
      const hand = document.createElement("div");
      hand.className = "raised-hand";
      hand.append(icon("hand", ""));
      tile.append(hand);
    }
  }

  sort(keys) {
    const standing = keys.map((key) => this.tiles.get(key)).filter((t) => t.parentElement === this.grid);
    standing.forEach((tile, index) => {
      tile.style.order = index;
    });
  }

  alone(empty) {
    this.grid.querySelector(".alone")?.remove();
    if (empty) {
      const note = document.createElement("p");
      note.className = "alone";
      note.textContent = t("alone");
      this.grid.append(note);
    }
  }

  /** The columns that give the largest tiles of 16:9, then the wish for what is shown. */
  layOut() {
    const count = this.grid.querySelectorAll(".tile").length;
    const { clientWidth: width, clientHeight: height } = this.grid;
    if (count > 0 && width > 0 && height > 0) {
      let best = { columns: 1, size: 0 };
      for (let columns = 1; columns <= Math.min(count, 5); columns++) {
        const rows = Math.ceil(count / columns);
        const room = (width - GAP * (columns - 1)) / columns;
        const size = Math.min(room, ((height - GAP * (rows - 1)) / rows) * SHAPE);
        if (size > best.size) best = { columns, size };
      }
      const tile = Math.floor(best.size);
      this.grid.style.gridTemplateColumns = `repeat(${best.columns}, ${tile}px)`;
      this.grid.style.gridAutoRows = `${Math.floor(tile / SHAPE)}px`;
    }
    this.askFor();
  }

  askFor() {
    const videos = [];
    for (const tile of this.tiles.values()) {
      const person = this.people.find((p) => p.id === Number(tile.dataset.participant));
      const source = tile.dataset.source;
      if (!person || person.id === this.you || !person[source]) continue;
      const lines = Math.round(tile.clientHeight * window.devicePixelRatio);
      if (lines > 0) videos.push({ participant: person.id, source, max_lines: lines });
    }
    const wish = JSON.stringify(videos);
    if (wish !== this.wish) {
      this.wish = wish;
      this.onWatch(videos);
    }
  }
}

export function initials(name) {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

export function icon(name, kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  if (kind) svg.classList.add(kind);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
