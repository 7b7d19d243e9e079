// The system's clipboard, as far as a webview lets a page reach it. Both say whether it worked.

/** Pixels on a side: sharp on a phone and small in a message. */
const SIDE = 720;

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A webview may forbid the clipboard to pages: the old way still works there.
    const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** An SVG as a picture that can be pasted into a message. */
export async function copyPicture(svg: string): Promise<boolean> {
  try {
    // The promise goes in as it is: WebKit allows a copy only while the click is being handled.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png(svg) })]);
    return true;
  } catch {
    return false;
  }
}

async function png(svg: string): Promise<Blob> {
  const image = new Image(SIDE, SIDE);
  image.src = `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, SIDE, SIDE);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
