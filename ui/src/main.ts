import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./lib/backend";
import { systemLang, wordsOf } from "./lib/i18n";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

// A file that is dropped beside its place is not shown in place of the window.
for (const event of ["dragover", "drop"]) addEventListener(event, (dropped) => dropped.preventDefault());

const target = document.getElementById("app");
if (target) {
  const lang = systemLang(navigator.languages);
  const [backend, words] = await Promise.all([connect(), wordsOf(lang)]);
  mount(App, { target, props: { backend, spoken: { lang, words } } });
}
