// Runs before anything is drawn: says to the style sheet that scripts work, as GOV.UK's own template does.
document.body.className +=
  " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
