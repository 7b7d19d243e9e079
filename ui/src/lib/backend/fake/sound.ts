// The app sounds from Rust; in a browser the same tones come from here: rising for yes, a double note for too many,
// falling for no, a question for unknown, an alarm for calling somebody back.

import type { Sound } from "../types";

type Note = { at: number; hertz: number; seconds: number; wave: OscillatorType };

const TONES: Record<Sound, Note[]> = {
  admitted: [
    { at: 0, hertz: 880, seconds: 0.09, wave: "sine" },
    { at: 0.08, hertz: 1318.5, seconds: 0.16, wave: "sine" },
  ],
  excess: [
    { at: 0, hertz: 740, seconds: 0.11, wave: "triangle" },
    { at: 0.15, hertz: 740, seconds: 0.11, wave: "triangle" },
    { at: 0.3, hertz: 880, seconds: 0.16, wave: "triangle" },
  ],
  refused: [
    { at: 0, hertz: 330, seconds: 0.18, wave: "square" },
    { at: 0.2, hertz: 220, seconds: 0.34, wave: "square" },
  ],
  unknown: [
    { at: 0, hertz: 523, seconds: 0.12, wave: "triangle" },
    { at: 0.14, hertz: 466, seconds: 0.24, wave: "triangle" },
  ],
  undone: [{ at: 0, hertz: 587, seconds: 0.1, wave: "sine" }],
  callback: [0, 0.22, 0.44, 0.66].map((at, i) => ({ at, hertz: i % 2 ? 659 : 988, seconds: 0.18, wave: "sawtooth" as const })),
};

let context: AudioContext | undefined;

/** Plays it at a loudness of 0 to 1. A computer without sound is no error: the screen says the same. */
export function play(tone: Sound, loudness: number): void {
  if (loudness <= 0 || typeof AudioContext === "undefined") return;
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume();
    for (const note of TONES[tone]) sound(context, note, loudness);
  } catch {
    context = undefined;
  }
}

function sound(audio: AudioContext, note: Note, loudness: number): void {
  const start = audio.currentTime + note.at;
  const end = start + note.seconds;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = note.wave;
  oscillator.frequency.value = note.hertz;
  // Square and sawtooth are far louder to the ear than a sine of the same height.
  const height = loudness * (note.wave === "sine" ? 0.9 : note.wave === "triangle" ? 0.8 : 0.25);
  gain.gain.setValueAtTime(0.0001, start);
  gain.gain.exponentialRampToValueAtTime(Math.max(height, 0.001), start + 0.008);
  gain.gain.exponentialRampToValueAtTime(0.0001, end);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(end + 0.02);
}
