// The one peer connection: three sending lines for microphone, camera and screen, and a fixed pool
// of receiving slots. The hub changes what the slots carry without a new offer; only a broken
// connection is offered anew.

const AUDIO_SLOTS = 5;
const VIDEO_SLOTS = 9;
/** A connection that is disconnected for so long is replaced. */
const BROKEN_AFTER_MS = 2000;
/** An offer that is not answered within this time means that the hub is not there. */
const ANSWER_WITHIN_MS = 6000;
const CAMERA_BITS_PER_SECOND = 1_200_000;

export class Media {
  /**
   * `send(message)` talks to the hub, `onState(connectionState)` tells how media stands, and
   * `onSilence()` says that the hub does not answer.
   */
  constructor(send, onState, onSilence) {
    this.send = send;
    this.onState = onState;
    this.onSilence = onSilence;
    this.pc = null;
    this.tracks = { microphone: null, camera: null };
    this.senders = {};
    this.sounds = document.getElementById("sounds");
  }

  get connected() {
    return this.pc?.connectionState === "connected";
  }

  /** Makes a fresh connection and offers it. */
  async offer() {
    this.close();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc = pc;
    pc.onconnectionstatechange = () => this.pc === pc && this.watchState(pc);

    const lines = {
      microphone: pc.addTransceiver("audio", { direction: "sendonly" }),
      camera: pc.addTransceiver("video", {
        direction: "sendonly",
        sendEncodings: [{ maxBitrate: CAMERA_BITS_PER_SECOND }],
      }),
      screen: pc.addTransceiver("video", { direction: "sendonly" }),
    };
    for (let slot = 0; slot < AUDIO_SLOTS; slot++) {
      this.play(pc.addTransceiver("audio", { direction: "recvonly" }));
    }
    for (let slot = 0; slot < VIDEO_SLOTS; slot++) {
      pc.addTransceiver("video", { direction: "recvonly" });
    }
    for (const line of pc.getTransceivers()) preferCodecs(line);
    this.senders = {
      microphone: lines.microphone.sender,
      camera: lines.camera.sender,
      screen: lines.screen.sender,
    };
    await Promise.all(
      ["microphone", "camera"].map((source) => this.senders[source].replaceTrack(this.tracks[source])),
    );
    await pc.setLocalDescription(await pc.createOffer());
    if (this.pc !== pc) return;
    const streams = Object.entries(lines).map(([source, line]) => ({ mid: line.mid, source }));
    this.send({ type: "offer", sdp: pc.localDescription.sdp, streams });
    this.patience = setTimeout(() => this.onSilence(), ANSWER_WITHIN_MS);
  }

  async answer(sdp) {
    clearTimeout(this.patience);
    if (this.pc?.signalingState === "have-local-offer") {
      await this.pc.setRemoteDescription({ type: "answer", sdp });
    }
  }

  watchState(pc) {
    clearTimeout(this.broken);
    this.onState(pc.connectionState);
    if (pc.connectionState === "failed") this.offer();
    if (pc.connectionState === "disconnected") {
      this.broken = setTimeout(() => this.pc === pc && this.offer(), BROKEN_AFTER_MS);
    }
  }

  /** Puts a track on its line, or takes it away; no new offer is needed. */
  async set(source, track) {
    if (this.tracks[source] !== track) this.tracks[source]?.stop();
    this.tracks[source] = track;
    await this.senders[source]?.replaceTrack(track);
  }

  /** Encodes a source only while somebody watches it. */
  async setWatched(source, watched) {
    const sender = this.senders[source];
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    for (const encoding of parameters.encodings) encoding.active = watched;
    await sender.setParameters(parameters).catch(() => {});
  }

  /** The track that a slot delivers. */
  track(mid) {
    return this.pc?.getTransceivers().find((line) => line.mid === mid)?.receiver.track ?? null;
  }

  play(line) {
    const sound = document.createElement("audio");
    sound.autoplay = true;
    sound.srcObject = new MediaStream([line.receiver.track]);
    this.sounds.append(sound);
  }

  close() {
    clearTimeout(this.patience);
    clearTimeout(this.broken);
    this.sounds.replaceChildren();
    this.senders = {};
    const pc = this.pc;
    this.pc = null;
    pc?.close();
  }
}

/** H.264 in fragments, constrained baseline first, then VP8; the hub forwards nothing else. */
function preferCodecs(line) {
  if (line.receiver.track.kind !== "video" || !line.setCodecPreferences) return;
  const side = line.direction === "sendonly" ? RTCRtpSender : RTCRtpReceiver;
  const codecs = side.getCapabilities?.("video")?.codecs ?? [];
  const rank = (codec) => {
    const mime = codec.mimeType.toLowerCase();
    const parameters = codec.sdpFmtpLine ?? "";
    if (mime === "video/h264") {
      const plain = /profile-level-id=42[ce]0/i.test(parameters);
      return /packetization-mode=1/.test(parameters) ? (plain ? 0 : 1) : -1;
    }
    if (mime === "video/vp8") return 2;
    if (mime === "video/rtx") return 3;
    return -1;
  };
  const wanted = codecs.filter((codec) => rank(codec) >= 0).sort((a, b) => rank(a) - rank(b));
  try {
    if (wanted.some((codec) => rank(codec) < 3)) line.setCodecPreferences(wanted);
  } catch {
    // The browser's own order will do.
  }
}

/**
 * Opens microphone and camera, or what there is of them. Returns the tracks and why one is missing:
 * `denied`, `missing`, `busy`, `insecure` or `other`.
 */
export async function openDevices(wanted) {
  const found = { microphone: null, camera: null, why: null };
  if (!navigator.mediaDevices?.getUserMedia) return { ...found, why: "insecure" };
  const open = (audio, video) =>
    navigator.mediaDevices.getUserMedia({
      audio: audio && { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: video && { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    });
  const attempts = wanted.microphone && wanted.camera
    ? [[true, true], [true, false], [false, true]]
    : [[wanted.microphone, wanted.camera]];
  for (const [audio, video] of attempts) {
    try {
      const stream = await open(audio, video);
      found.microphone = stream.getAudioTracks()[0] ?? null;
      found.camera = stream.getVideoTracks()[0] ?? null;
      return found;
    } catch (error) {
      found.why = reason(error);
      // A refusal answers for both; asking again would only nag.
      if (found.why === "denied") return found;
    }
  }
  return found;
}

function reason(error) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "other";
  }
}
