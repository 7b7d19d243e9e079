// Pictures of a screen, kept small and compared so that another machine's Chromium passes and a changed screen does not.
//
// A browser of another version, or other fonts' hinting, draws letters a little lighter and sets a line a few pixels wider.
// So each picture is kept as a thumbnail: every pixel of it is the mean of about 6 × 6 of the screen. What is compared is
// blurred once more, and each pixel may have moved to a neighbour. What remains is where there is ink, how much, and of
// which colour.

import { writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";

/** A thumbnail's size; every screen here is 16:9. */
export const WIDTH = 240;
export const HEIGHT = 135;
/** How far a blurred pixel may be off, of 255, in its worst channel. */
const OFF = 32;
/** How many may be further off. A single button is a hundred. */
const FEW = 6;

/** Red, green and blue of each pixel of a thumbnail. They cross to the page and back as base64: long lists are slow there. */
export type Thumb = Uint8Array;

/** What is drawn with: an empty page, so that nothing of the window plays a part. */
export async function desk(page: Page): Promise<Page> {
  return page.context().newPage();
}

/** The thumbnail of a screenshot. */
export async function thumb(desk: Page, png: Buffer): Promise<Thumb> {
  const means = await desk.evaluate(
    async ([data, width, height]) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (!context) throw new Error("this browser draws nothing");
      context.drawImage(bitmap, 0, 0);
      const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      const at = (step: number, of: number, size: number) => Math.round((step * size) / of);
      let means = "";
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          let [red, green, blue, count] = [0, 0, 0, 0];
          for (let y = at(row, height, bitmap.height); y < at(row + 1, height, bitmap.height); y++) {
            for (let x = at(column, width, bitmap.width); x < at(column + 1, width, bitmap.width); x++) {
              const i = (y * bitmap.width + x) * 4;
              red += pixels[i]!;
              green += pixels[i + 1]!;
              blue += pixels[i + 2]!;
              count += 1;
            }
          }
          means += String.fromCharCode(Math.round(red / count), Math.round(green / count), Math.round(blue / count));
        }
      }
      return btoa(means);
    },
    [png.toString("base64"), WIDTH, HEIGHT] as const,
  );
  return Buffer.from(means, "base64");
}

/** Thumbnails as one picture, side by side. Something is lost: compare what was packed with what was packed. */
export async function pack(desk: Page, sheet: readonly Thumb[], columns: number): Promise<Buffer> {
  const data = await desk.evaluate(
    async ([thumbs, width, height, across]) => {
      const canvas = new OffscreenCanvas(width * across, height * Math.ceil(thumbs.length / across));
      const context = canvas.getContext("2d");
      if (!context) throw new Error("this browser draws nothing");
      thumbs.forEach((text, n) => {
        const thumb = atob(text);
        const cell = context.createImageData(width, height);
        for (let i = 0; i < width * height; i++) {
          for (let c = 0; c < 3; c++) cell.data[i * 4 + c] = thumb.charCodeAt(i * 3 + c);
          cell.data[i * 4 + 3] = 255;
        }
        context.putImageData(cell, (n % across) * width, Math.floor(n / across) * height);
      });
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
      return btoa([...new Uint8Array(await blob.arrayBuffer())].map((byte) => String.fromCharCode(byte)).join(""));
    },
    [sheet.map((thumb) => Buffer.from(thumb).toString("base64")), WIDTH, HEIGHT, columns] as const,
  );
  return Buffer.from(data, "base64");
}

/** The thumbnails of a picture. */
export async function unpack(desk: Page, picture: Buffer, columns: number): Promise<Thumb[]> {
  const cells = await desk.evaluate(
    async ([data, width, height, across]) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/webp;base64,${data}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (!context) throw new Error("this browser draws nothing");
      context.drawImage(bitmap, 0, 0);
      return Array.from({ length: across * (bitmap.height / height) }, (_, n) => {
        const cell = context.getImageData((n % across) * width, Math.floor(n / across) * height, width, height).data;
        let text = "";
        cell.forEach((byte, i) => i % 4 !== 3 && (text += String.fromCharCode(byte)));
        return btoa(text);
      });
    },
    [picture.toString("base64"), WIDTH, HEIGHT, columns] as const,
  );
  return cells.map((text) => Buffer.from(text, "base64"));
}

/** A picture for docs/, as it is seen. */
export async function print(desk: Page, file: string, png: Buffer): Promise<void> {
  const data = await desk.evaluate(async (source) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${source}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.82 });
    return btoa([...new Uint8Array(await blob.arrayBuffer())].map((byte) => String.fromCharCode(byte)).join(""));
  }, png.toString("base64"));
  writeFileSync(file, Buffer.from(data, "base64"));
}

function blurred(thumb: Thumb): Thumb {
  const means = new Uint8Array(thumb.length);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        let count = 0;
        for (let v = Math.max(0, y - 1); v <= Math.min(HEIGHT - 1, y + 1); v++) {
          for (let h = Math.max(0, x - 1); h <= Math.min(WIDTH - 1, x + 1); h++) {
            sum += thumb[(v * WIDTH + h) * 3 + c]!;
            count += 1;
          }
        }
        means[(y * WIDTH + x) * 3 + c] = sum / count;
      }
    }
  }
  return means;
}

/** How far a pixel of `a` is off from the most similar of `b` around it, in its worst channel. */
function offAt(a: Thumb, b: Thumb, i: number): number {
  const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
  let least = 255;
  for (let v = Math.max(0, y - 1); v <= Math.min(HEIGHT - 1, y + 1); v++) {
    for (let h = Math.max(0, x - 1); h <= Math.min(WIDTH - 1, x + 1); h++) {
      const j = (v * WIDTH + h) * 3;
      least = Math.min(least, Math.max(Math.abs(a[i * 3]! - b[j]!), Math.abs(a[i * 3 + 1]! - b[j + 1]!), Math.abs(a[i * 3 + 2]! - b[j + 2]!)));
    }
  }
  return least;
}

/** How unlike two thumbnails are: pixels that are too far off, and where on a 1366 × 768 screen the first of them is. */
export function unlike(one: Thumb, other: Thumb): { pixels: number; worst: number; where: string; same: boolean } {
  const [a, b] = [blurred(one), blurred(other)];
  let pixels = 0;
  let worst = 0;
  let at = 0;
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const off = Math.max(offAt(a, b, i), offAt(b, a, i));
    if (off > OFF) pixels += 1;
    if (off > worst) [worst, at] = [off, i];
  }
  const where = `${Math.round(((at % WIDTH) * 1366) / WIDTH)}, ${Math.round((Math.floor(at / WIDTH) * 768) / HEIGHT)}`;
  return { pixels, worst: Math.round(worst), where, same: pixels <= FEW };
}
