// The live connection to the hub: joins, resumes after a break with growing pauses, and hands
// messages on. What the messages mean is written in the protocol's document.

const VERSION = 2;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8000;
/** A connection that does not open within this time is given up. */
const OPEN_WITHIN_MS = 8000;

export class Signal {
  /**
   * `onMessage(message)` gets every message but the reconnects' own; `onLink(up)` tells whether the
   * connection stands.
   */
  constructor(link, onMessage, onLink) {
    this.link = link;
    this.onMessage = onMessage;
    this.onLink = onLink;
    this.token = null;
    this.socket = null;
    this.pause = FIRST_PAUSE_MS;
    this.timer = 0;
    this.over = true;
    window.addEventListener("online", () => this.reopen());
  }

  /** Joins under that name. */
  join(name) {
    this.name = name;
    this.token = null;
    this.over = false;
    this.open();
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Drops a connection that seems dead and resumes on a fresh one. */
  reopen() {
    if (!this.over) {
      this.pause = FIRST_PAUSE_MS;
      this.open();
    }
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.abandon();
  }

  abandon() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  open() {
    clearTimeout(this.timer);
    this.abandon();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
    this.socket = socket;
    this.timer = setTimeout(() => this.socket === socket && this.retry(), OPEN_WITHIN_MS);
    socket.onopen = () => {
      clearTimeout(this.timer);
      const credential = this.token
        ? { by: "resume", token: this.token }
        : { by: "link", link: this.link, name: this.name };
      this.send({ type: "join", version: VERSION, credential });
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(JSON.parse(event.data));
    };
    socket.onclose = () => this.socket === socket && this.retry();
  }

  retry() {
    this.abandon();
    if (this.over) return;
    this.onLink(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  receive(message) {
    if (message.type === "refused" && message.reason === "resume") {
      // The hub forgot us, or is a fresh process: come in anew.
      this.token = null;
      this.retry();
      return;
    }
    if (message.type === "ended" && message.reason === "hub_stops") {
      this.retry();
      return;
    }
    if (message.type === "refused" || message.type === "ended") this.close();
    if (message.type === "joined" || message.type === "waiting") {
      this.token = message.resume_token;
      this.pause = FIRST_PAUSE_MS;
      this.onLink(true);
    }
    this.onMessage(message);
  }
}
