// Short notes at the edge of the window. They never take the focus and go by themselves.

/** What can be done about a note, at the note. */
export type ToastAct = { label: string; key?: string; run: () => void };
export type Toast = { id: number; text: string; tone: "good" | "bad"; act?: ToastAct };

export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  add(text: string, tone: Toast["tone"] = "good", act?: ToastAct): void {
    const id = this.#next++;
    this.list = [...this.list.filter((toast) => toast.text !== text), { id, text, tone, act }].slice(-3);
    setTimeout(() => this.drop(id), tone === "bad" || act ? 9_000 : 4_000);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
