// The few notes that the guest page plays.

let speaker = null;
/** Plays these notes, each an eighth of a second; none only unlocks the sound. */
export function chime(notes) {
  try {
    speaker ??= new AudioContext();
    speaker.resume();
    notes.forEach((frequency, index) => {
      const tone = speaker.createOscillator();
      const volume = speaker.createGain();
      const start = speaker.currentTime + index * 0.125;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.08, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
      tone.connect(volume).connect(speaker.destination);
      tone.start(start);
      tone.stop(start + 0.4);
    });
  } catch {
    // No sound device: the text says it too.
  }
}
