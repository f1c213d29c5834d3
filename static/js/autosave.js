// Forms marked data-autosave are sent by htmx while somebody types. This file tells how that went, and sees to it
// that nothing typed is lost when the session ends or the network fails.
//
// The form carries: data-token-url, data-login-url, data-person, and the sentences data-text-saved ("… {time}"),
// -unsaved, -saving, -refused, -conflict, -offline, -session, -stranger, -login.
// The server answers 2xx with X-Lock-Version; 409 when somebody else saved meanwhile; 422 with a sentence as text,
// and with X-Lock-Version too if it kept a part.
(function () {
  "use strict";

  var RETRY_MS = 15000;

  function Autosave(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.banner = null;
    this.timer = null;
    this.edits = 0;
    this.sent = 0;
    this.saved = 0;
    this.flying = false;   // a save is on its way
    this.closing = false;  // the form itself is about to go
    this.leaving = false;  // it goes
    this.renewed = false;  // the token was renewed and not accepted since
  }

  Autosave.prototype.text = function (name) {
    return this.form.getAttribute("data-text-" + name) || "";
  };

  Autosave.prototype.show = function (text, state) {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.classList.toggle("is-unsaved", state === "unsaved");
    this.status.classList.toggle("is-failed", state === "failed");
  };

  Autosave.prototype.isDirty = function () { return this.edits > this.saved; };

  Autosave.prototype.edited = function () {
    this.edits += 1;
    if (!this.banner) this.show(this.text("unsaved"), "unsaved");
  };

  // A sentence above the form that stays until the next save succeeds.
  Autosave.prototype.warn = function (name, withLogin) {
    if (!this.banner) {
      this.banner = document.createElement("div");
      this.banner.className = "note note-seal kept";
      this.banner.setAttribute("role", "alert");
      this.form.parentNode.insertBefore(this.banner, this.form);
    }
    if (this.banner.getAttribute("data-about") === name) return;
    this.banner.setAttribute("data-about", name);
    this.banner.textContent = this.text(name) + " ";
    if (withLogin) {
      var link = document.createElement("a");
      link.href = this.form.getAttribute("data-login-url");
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = this.text("login");
      this.banner.appendChild(link);
    }
    this.show(this.text("unsaved"), "failed");
  };

  Autosave.prototype.unwarn = function () {
    window.clearTimeout(this.timer);
    this.timer = null;
    if (this.banner) this.banner.parentNode.removeChild(this.banner);
    this.banner = null;
  };

  Autosave.prototype.later = function () {
    var self = this;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(function () { self.retry(); }, RETRY_MS);
  };

  // Who is logged in now, and with which token?
  Autosave.prototype.ask = function () {
    var address = this.form.getAttribute("data-token-url");
    return window.fetch(address, { credentials: "same-origin", cache: "no-store" }).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    });
  };

  // If it is still the same person, take the new token.
  Autosave.prototype.accepts = function (answer) {
    if (answer.person !== this.form.getAttribute("data-person")) {
      this.warn(answer.person ? "stranger" : "session", true);
      this.later();
      return false;
    }
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (input) {
      input.value = answer.token;
    });
    return true;
  };

  Autosave.prototype.retry = function () {
    var self = this;
    if (!this.timer) return;
    this.ask().then(function (answer) {
      if (self.accepts(answer)) window.htmx.trigger(self.form, "autosave");
    }).catch(function () { self.warn("offline"); self.later(); });
  };

  // The next save builds on what the server holds now.
  Autosave.prototype.adopt = function (xhr) {
    var version = xhr.getResponseHeader("X-Lock-Version");
    var field = this.form.elements.lock_version;
    if (version && field) field.value = version;
    return version;
  };

  Autosave.prototype.before = function (event) {
    if (this.closing) { event.preventDefault(); return; }
    this.flying = true;
    this.sent = this.edits;
    if (!this.banner) this.show(this.text("saving"), "unsaved");
  };

  Autosave.prototype.after = function (event) {
    var xhr = event.detail.xhr;
    var status = xhr.status;
    // A redirect that the browser followed, or one that htmx is about to follow, would take the text away.
    var elsewhere = xhr.getResponseHeader("HX-Redirect") ||
      (xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(event.detail.pathInfo.finalRequestPath, location.href).pathname);
    if (status === 401 || elsewhere) {
      event.preventDefault();
      this.warn("session", true);
      this.later();
    } else if (status === 403 && xhr.getResponseHeader("X-Csrf-Failure") && !this.renewed) {
      // Somebody logged in again in another tab: the session is good, the token is not.
      event.preventDefault();
      this.renewed = true;
      this.later();
      this.retry();
    } else if (status === 409) {
      event.preventDefault();
      this.warn("conflict");
    } else if (status >= 400 && status < 500) {
      event.preventDefault();
      var sentence = (xhr.getResponseHeader("Content-Type") || "").indexOf("text/plain") === 0 ? xhr.responseText : "";
      this.unwarn();
      // With a new version the server has kept a part, and says so itself.
      this.show(this.adopt(xhr) ? sentence : this.text("refused") + " " + sentence, "failed");
    } else if (status >= 500) {
      event.preventDefault();
      this.warn("offline");
      this.later();
    } else {
      this.unwarn();
      this.renewed = false;
      this.saved = this.sent;
      this.adopt(xhr);
      if (this.isDirty()) {
        this.show(this.text("unsaved"), "unsaved");
      } else {
        // Like every time on the site: Shanghai's, wherever the computer believes itself to be.
        var time = new Date().toLocaleTimeString("zh-CN", {
          timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23"
        });
        this.show(this.text("saved").replace("{time}", time));
      }
    }
  };

  // Before the form itself goes: a POST after the session has ended would lead to the login page and lose the text,
  // and one that overtakes a save on its way would be in conflict with itself.
  Autosave.prototype.submitted = function (event) {
    var self = this;
    if (this.leaving) return;
    event.preventDefault();
    if (this.closing) return;
    this.closing = true;
    var button = event.submitter;
    this.landed().then(function () { return self.ask(); }).then(function (answer) {
      if (!self.accepts(answer)) { self.stay(); return; }
      self.leaving = true;
      if (button && button.name) {
        var field = document.createElement("input");
        field.type = "hidden";
        field.name = button.name;
        field.value = button.value;
        self.form.appendChild(field);
      }
      self.form.submit();
    }).catch(function () { self.warn("offline"); self.later(); self.stay(); });
  };

  // Another form of the page (a file to upload or to delete) takes the page away: save first, and stay if that fails.
  Autosave.prototype.beside = function (event) {
    var self = this;
    var other = event.target;
    if (other === this.form || this.leaving || !this.isDirty()) return;
    event.preventDefault();
    this.landed().then(function () {
      window.htmx.trigger(self.form, "autosave");
      return new Promise(function (resolve) { window.setTimeout(resolve, 50); });
    }).then(function () { return self.landed(); }).then(function () {
      if (self.isDirty()) { self.form.scrollIntoView(); return; }
      self.leaving = true;
      other.submit();
    });
  };

  Autosave.prototype.stay = function () {
    this.closing = false;
    this.banner.scrollIntoView();
  };

  // Resolves when no save is on its way any more.
  Autosave.prototype.landed = function () {
    var self = this;
    return new Promise(function (resolve) {
      (function look() {
        if (self.flying) window.setTimeout(look, 50); else resolve();
      })();
    });
  };

  Autosave.prototype.failed = function () { this.warn("offline"); this.later(); };

  Autosave.prototype.listen = function () {
    var self = this;
    function own(handler) {
      return function (event) {
        if (event.detail && event.detail.elt === self.form) handler.call(self, event);
      };
    }
    this.form.addEventListener("input", function () { self.edited(); });
    this.form.addEventListener("change", function () { if (!self.isDirty()) self.edited(); });
    this.form.addEventListener("submit", function (event) { self.submitted(event); });
    document.querySelectorAll("main form:not([data-autosave])").forEach(function (other) {
      other.addEventListener("submit", function (event) { self.beside(event); });
    });
    this.form.addEventListener("htmx:beforeRequest", own(this.before));
    this.form.addEventListener("htmx:beforeOnLoad", own(this.after));
    this.form.addEventListener("htmx:afterRequest", own(function () { this.flying = false; }));
    this.form.addEventListener("htmx:sendError", own(this.failed));
    this.form.addEventListener("htmx:timeout", own(this.failed));
    window.addEventListener("online", function () { self.retry(); });
    // Back from the tab where somebody logged in again.
    window.addEventListener("focus", function () { self.retry(); });
    window.addEventListener("beforeunload", function (event) {
      if (self.leaving || !self.isDirty()) return;
      event.preventDefault();
      event.returnValue = "";
    });
  };

  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    new Autosave(form).listen();
  });
})();
