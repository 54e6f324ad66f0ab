// Makes pages that already work without it more comfortable: counters, error focus, swaps, live changes.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend";
import htmx from "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";

const components = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  ServiceNavigation,
  SkipLink,
];

function enhance(scope) {
  for (const component of components) createAll(component, undefined, { scope });
}

enhance(document);
document.addEventListener("htmx:after:swap", (event) => enhance(event.target));
window.htmx = htmx;
