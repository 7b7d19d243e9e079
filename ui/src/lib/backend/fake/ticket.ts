// Tickets of the venue in memory: the form of signed ones (`P1` and 94 bytes in base45), with nothing signed.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BYTES = 94;

function base45(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    let value = (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
    for (let digit = 0; digit < 3; digit++, value = Math.floor(value / 45)) text += ALPHABET[value % 45];
  }
  return text;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length / 3) * 2);
  for (let i = 0; i < text.length; i += 3) {
    const value = [2, 1, 0].reduce((sum, k) => sum * 45 + ALPHABET.indexOf(text[i + k] ?? ""), 0);
    bytes[(i / 3) * 2] = value >> 8;
    bytes[(i / 3) * 2 + 1] = value & 255;
  }
  return bytes;
}

export function encode(reservation: number, issue: number): string {
  const bytes = Uint8Array.from({ length: BYTES }, (_, i) => (i * 151 + 7) & 255);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, reservation);
  view.setUint16(24, issue);
  return `P1${base45(bytes)}`;
}

/** `null`: not a ticket at all. */
export function decode(code: string): { reservation: number; issue: number } | null {
  if (!/^P1[0-9A-Z $%*+\-./:]{141}$/.test(code)) return null;
  const view = new DataView(bytesOf(code.slice(2)).buffer);
  return { reservation: view.getUint32(4), issue: view.getUint16(24) };
}
