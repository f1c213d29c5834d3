// A unit's sheet of numbers, saved while somebody types (autosave.js): the server's answer says by how much each number
// differs from last year's, and what it asks about it. Without this file the same stands there after saving.
(function () {
  "use strict";

  var form = document.querySelector("form[data-autosave]");
  if (!form) return;

  function fill(answer) {
    document.querySelectorAll("[data-change]").forEach(function (element) {
      element.textContent = answer.changes[element.getAttribute("data-change")] || "";
    });
    document.querySelectorAll("[data-question]").forEach(function (element) {
      var key = element.getAttribute("data-question");
      var text = answer.questions[key] || "";
      // A screen reader reads what changes, and nothing that stays.
      if (element.textContent !== text) element.textContent = text;
      element.hidden = !text;
      element.classList.toggle("late", answer.unexplained.indexOf(key) >= 0);
    });
    document.querySelectorAll("[data-answered]").forEach(function (element) {
      element.textContent = answer.answered;
    });
  }

  form.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    var type = xhr.getResponseHeader("Content-Type") || "";
    if (event.detail.elt !== form || xhr.status !== 200 || type.indexOf("application/json") !== 0) return;
    fill(JSON.parse(xhr.responseText));
  });
})();
