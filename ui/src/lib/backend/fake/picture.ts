// What the simulated camera sees: a phone with a code, held before a dark doorway, moving a little.

import type { FrameView } from "../types";
import { seeded } from "./random";

const WIDTH = 480;
const HEIGHT = 270;
const SIDE = 29;

/** A pattern that looks like a code: finders in three corners, the rest drawn from the seed. */
export function modules(seed: number): boolean[][] {
  const random = seeded(seed);
  const dark = Array.from({ length: SIDE }, () => Array.from({ length: SIDE }, () => random() < 0.5));
  for (const [top, left] of [[0, 0], [0, SIDE - 7], [SIDE - 7, 0]] as const) {
    for (let y = -1; y <= 7; y++) {
      for (let x = -1; x <= 7; x++) {
        const row = dark[top + y];
        if (!row || row[left + x] === undefined) continue;
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
        row[left + x] = ring === 3 || ring <= 1;
      }
    }
  }
  return dark;
}

/** The same pattern as an SVG, as the hub would draw a ticket. */
export function ticketSvg(seed: number): string {
  const quiet = 3;
  const size = SIDE + 2 * quiet;
  const path = modules(seed)
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")))
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
}

type Pose = { x: number; y: number; turn: number };

function pose(ms: number): Pose {
  return { x: 240 + Math.sin(ms / 1900) * 14, y: 138 + Math.cos(ms / 2300) * 6, turn: -0.1 + Math.sin(ms / 1700) * 0.03 };
}

const CODE = 92;

export function frameAt(ms: number, frame: number, reading: boolean): FrameView {
  if (!reading) return { frame, outlines: [], hint: null, calm: false };
  const { x, y, turn } = pose(ms);
  const corner = (dx: number, dy: number): [number, number] => {
    const half = CODE / 2;
    const px = x + dx * half * Math.cos(turn) - dy * half * Math.sin(turn);
    const py = y + dx * half * Math.sin(turn) + dy * half * Math.cos(turn);
    return [px / WIDTH, py / HEIGHT];
  };
  return { frame, outlines: [{ corners: [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)], textKnown: true }], hint: null, calm: false };
}

export class Picture {
  #canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  #code = modules(12);

  async at(ms: number, phone: boolean): Promise<ArrayBuffer> {
    const pen = this.#canvas.getContext("2d");
    if (!pen) return new ArrayBuffer(0);
    const light = pen.createRadialGradient(150, 60, 20, 220, 150, 360);
    light.addColorStop(0, "#4a545f");
    light.addColorStop(0.55, "#252c35");
    light.addColorStop(1, "#10141a");
    pen.fillStyle = light;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    for (const [x, y, r, colour] of [[70, 60, 34, "#ffb22418"], [410, 90, 46, "#6ea8fe16"], [390, 250, 26, "#ff5a5214"]] as const) {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.fill();
    }
    if (phone) this.#phone(pen, pose(ms));
    const blob = await this.#canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    return blob.arrayBuffer();
  }

  #phone(pen: OffscreenCanvasRenderingContext2D, { x, y, turn }: Pose): void {
    pen.save();
    pen.translate(x, y);
    pen.rotate(turn);
    pen.shadowColor = "#000a";
    pen.shadowBlur = 30;
    pen.shadowOffsetY = 16;
    pen.fillStyle = "#0d1015";
    pen.beginPath();
    pen.roundRect(-72, -128, 144, 262, 22);
    pen.fill();
    pen.shadowColor = "transparent";
    pen.fillStyle = "#f5f7f9";
    pen.beginPath();
    pen.roundRect(-66, -122, 132, 250, 17);
    pen.fill();
    pen.fillStyle = "#151a22";
    pen.font = "600 10px Inter, sans-serif";
    pen.textAlign = "center";
    pen.fillText("Club Miramar", 0, -84);
    pen.fillStyle = "#7c8796";
    pen.font = "500 8px Inter, sans-serif";
    pen.fillText("vie 27 nov · 21:30", 0, -70);
    pen.fillStyle = "#dde2e8";
    for (const [w, dy] of [[84, 74], [60, 88]] as const) pen.fillRect(-w / 2, dy, w, 6);
    const module = CODE / SIDE;
    pen.fillStyle = "#10141a";
    this.#code.forEach((row, r) =>
      row.forEach((dark, c) => {
        if (dark) pen.fillRect(-CODE / 2 + c * module, -CODE / 2 + r * module, module + 0.2, module + 0.2);
      }),
    );
    pen.restore();
  }
}
