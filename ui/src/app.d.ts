/// <reference types="svelte" />
/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** `fake`: the in-memory venue, whatever surrounds the page. */
  readonly VITE_BACKEND?: string;
}
