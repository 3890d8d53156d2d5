// A small script at the place of Stripe.js (js.stripe.com/v3), for pages that take a test card offline.
//
//   const stripe = Stripe("pk_test_…");
//   const elements = stripe.elements({ clientSecret });
//   elements.create("payment").mount("#payment");
//   const { error, paymentIntent } = await stripe.confirmPayment(
//     { elements, confirmParams: { return_url }, redirect: "if_required" });
//
// It speaks with the server that it was loaded from. Results and errors have the shapes of Stripe.js: promises that
// are never rejected for a refused card, but hold `error`.
(() => {
  "use strict";

  const server = new URL(document.currentScript.src).origin;
  const STYLE = `
    .stripe-card { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; border: 0; margin: 0; padding: 0; min-width: 0; }
    .stripe-card legend { padding: 0; margin-bottom: .5rem; }
    .stripe-card label { display: grid; gap: .25rem; }
    .stripe-card .wide { grid-column: 1 / -1; }
    .stripe-card input { font: inherit; color: inherit; background: transparent; padding: .5rem; min-height: 2.75rem;
      box-sizing: border-box; width: 100%; border: 1px solid currentColor; border-radius: .375rem; }
    .stripe-card input::placeholder { color: inherit; opacity: .65; }
    .stripe-card input:focus-visible { outline: 3px solid #6366f1; outline-offset: 1px; }
    .stripe-card input[aria-invalid="true"] { border-color: #dc2626; }
    .stripe-card [role="alert"] { grid-column: 1 / -1; color: #dc2626; margin: 0; }
    .stripe-dialog { width: min(32rem, 95vw); height: min(32rem, 90vh); padding: 0; border: 1px solid #888; border-radius: .75rem;
      overflow: hidden; }
    .stripe-dialog iframe { width: 100%; height: 100%; border: 0; }
  `;
  let forms = 0;

  function encode(value, name, into) {
    if (value === undefined || value === null) return into;
    if (typeof value === "object") {
      for (const [key, child] of Object.entries(value)) encode(child, name ? `${name}[${key}]` : key, into);
    } else {
      into.append(name, String(value));
    }
    return into;
  }

  async function call(key, method, path, fields) {
    const sent = encode(fields, "", new URLSearchParams());
    const query = method === "GET" && `${sent}` ? `?${sent}` : "";
    try {
      const response = await fetch(`${server}/v1/${path}${query}`, {
        method,
        headers: { Authorization: `Bearer ${key}` },
        body: method === "GET" ? undefined : sent,
      });
      const body = await response.json();
      return body.error ? { error: body.error } : { resource: body };
    } catch (failed) {
      return { error: { type: "api_connection_error", message: `The payment server did not answer: ${failed.message}` } };
    }
  }

  function idOf(clientSecret) {
    return String(clientSecret).split("_secret_")[0];
  }

  // ---- the card form -------------------------------------------------------------------------------------------

  function field(form, { name, label, autocomplete, hint, wide }) {
    const box = document.createElement("label");
    box.className = wide ? "wide" : "";
    box.append(label);
    const input = document.createElement("input");
    Object.assign(input, { name, id: `${form.id}-${name}`, placeholder: hint, autocomplete, inputMode: "numeric", required: true });
    box.append(input);
    form.append(box);
    return input;
  }

  class CardElement {
    constructor(kind) {
      this.kind = kind;
      this.listeners = {};
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      if (!place) throw new Error(`Stripe: there is no element ${target} to mount to`);
      if (!document.getElementById("stripe-style")) {
        const style = Object.assign(document.createElement("style"), { id: "stripe-style", textContent: STYLE });
        document.head.append(style);
      }
      this.form = Object.assign(document.createElement("fieldset"), { className: "stripe-card", id: `stripe-card-${++forms}` });
      const legend = document.createElement("legend");
      legend.textContent = "Card (test mode: no money moves)";
      this.form.append(legend);
      this.number = field(this.form, { name: "cardnumber", label: "Card number", autocomplete: "cc-number", hint: "4242 4242 4242 4242", wide: true });
      this.expiry = field(this.form, { name: "exp-date", label: "Expiry date (MM/YY)", autocomplete: "cc-exp", hint: "12/34" });
      this.cvc = field(this.form, { name: "cvc", label: "Security code", autocomplete: "cc-csc", hint: "123" });
      this.problem = document.createElement("p");
      this.problem.id = `${this.form.id}-problem`;
      this.problem.setAttribute("role", "alert");
      this.form.append(this.problem);
      this.form.addEventListener("input", () => this.changed());
      place.replaceChildren(this.form);
      queueMicrotask(() => this.tell("ready", {}));
    }

    changed() {
      this.say("");
      const empty = !this.number.value && !this.expiry.value && !this.cvc.value;
      this.tell("change", { elementType: this.kind, empty, complete: !this.fault(), error: undefined });
    }

    /** The first field that is not complete, with what to say about it; undefined if all are. */
    fault() {
      if (this.number.value.replace(/\D/g, "").length < 12) return [this.number, "Your card number is incomplete.", "incomplete_number"];
      if (!/^\s*\d{1,2}\s*\/?\s*(\d{2}|\d{4})\s*$/.test(this.expiry.value)) {
        return [this.expiry, "Your card's expiration date is incomplete.", "incomplete_expiry"];
      }
      if (!/^\d{3,4}$/.test(this.cvc.value.trim())) return [this.cvc, "Your card's security code is incomplete.", "incomplete_cvc"];
      return undefined;
    }

    say(message, input) {
      this.problem.textContent = message;
      for (const one of [this.number, this.expiry, this.cvc]) {
        one.toggleAttribute("aria-invalid", one === input);
        if (one === input) {
          one.setAttribute("aria-invalid", "true");
          one.setAttribute("aria-describedby", this.problem.id);
          one.focus();
        }
      }
    }

    /** The card as the API takes it, or the validation error, which is then shown too. */
    card() {
      const fault = this.fault();
      if (fault) {
        const [input, message, code] = fault;
        this.say(message, input);
        return { error: { type: "validation_error", code, message } };
      }
      const digits = this.expiry.value.replace(/\D/g, "");
      const yearDigits = digits.length > 4 ? 4 : 2;
      return {
        card: {
          number: this.number.value.replace(/\D/g, ""),
          exp_month: Number(digits.slice(0, -yearDigits)),
          exp_year: Number(digits.slice(-yearDigits)),
          cvc: this.cvc.value.trim(),
        },
      };
    }

    on(name, listener) { (this.listeners[name] ??= []).push(listener); return this; }
    tell(name, event) { for (const listener of this.listeners[name] ?? []) listener(event); }
    update() {}
    focus() { this.number?.focus(); }
    clear() { for (const input of [this.number, this.expiry, this.cvc]) input.value = ""; this.say(""); }
    unmount() { this.form?.remove(); }
    destroy() { this.unmount(); }
  }

  class Elements {
    constructor(options) {
      this.clientSecret = options?.clientSecret;
      this.made = {};
    }

    create(kind) {
      if (kind !== "card" && kind !== "payment") throw new Error(`Stripe: the local script has no ${kind} element`);
      this.made[kind] = new CardElement(kind);
      return this.made[kind];
    }

    getElement(kind) { return this.made[kind] ?? null; }
    async submit() {
      const element = this.made.payment ?? this.made.card;
      const read = element?.card() ?? { error: { type: "validation_error", message: "There is no card form." } };
      return read.error ? { error: read.error } : {};
    }
  }

  // ---- 3-D Secure ----------------------------------------------------------------------------------------------

  /** Show the page in a dialog until it says that it is done, or the shopper closes the dialog. */
  function authenticate(address) {
    return new Promise((done) => {
      const dialog = Object.assign(document.createElement("dialog"), { className: "stripe-dialog" });
      const frame = Object.assign(document.createElement("iframe"), { src: address, title: "3-D Secure", name: "stripe-authentication" });
      dialog.setAttribute("aria-label", "3-D Secure");
      dialog.append(frame);
      const listen = (event) => {
        if (event.origin === server && event.source === frame.contentWindow && event.data?.type === "stripe-authentication-done") dialog.close();
      };
      window.addEventListener("message", listen);
      dialog.addEventListener("close", () => {
        window.removeEventListener("message", listen);
        dialog.remove();
        done();
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  // ---- Stripe(key) ---------------------------------------------------------------------------------------------

  function Stripe(key) {
    if (!/^pk_/.test(String(key))) throw new Error("Stripe: a publishable key begins with pk_");

    /** Shape a final intent as Stripe.js does: the intent, or the error of an attempt that failed. */
    function outcome(kind, name, intent) {
      const failure = kind === "setup_intents" ? intent.last_setup_error : intent.last_payment_error;
      if (intent.status === "requires_payment_method" && failure) return { error: { ...failure, [kind.slice(0, -1)]: intent } };
      return { [name]: intent };
    }

    async function retrieve(kind, name, clientSecret) {
      const got = await call(key, "GET", `${kind}/${idOf(clientSecret)}`, { client_secret: clientSecret });
      return got.error ? { error: got.error } : { [name]: got.resource };
    }

    async function act(kind, name, clientSecret, intent) {
      if (intent.status !== "requires_action" || !intent.next_action) return outcome(kind, name, intent);
      if (intent.next_action.type === "redirect_to_url") {
        window.location.assign(intent.next_action.redirect_to_url.url);
        return new Promise(() => {});
      }
      await authenticate(intent.next_action.use_stripe_sdk.stripe_js);
      const got = await retrieve(kind, name, clientSecret);
      return got.error ? got : outcome(kind, name, got[name]);
    }

    /** What the API wants to know of the `payment_method` of a confirmCard call: an id, or an element's card. */
    function methodFields(given) {
      if (!given) return {};
      if (typeof given === "string") return { payment_method: given };
      if (!(given.card instanceof CardElement)) {
        return { payment_method_data: { type: "card", card: given.card, billing_details: given.billing_details } };
      }
      const read = given.card.card();
      if (read.error) return read;
      return { payment_method_data: { type: "card", card: read.card, billing_details: given.billing_details } };
    }

    async function confirm(kind, name, clientSecret, fields, { handleActions = true } = {}) {
      if (fields.error) return { error: fields.error };
      const sent = { client_secret: clientSecret, use_stripe_sdk: true, ...fields };
      const got = await call(key, "POST", `${kind}/${idOf(clientSecret)}/confirm`, sent);
      if (got.error) return { error: got.error };
      return handleActions ? act(kind, name, clientSecret, got.resource) : { [name]: got.resource };
    }

    /** Payment Element: go to return_url when done, unless `redirect: "if_required"` says to stay. */
    async function confirmWithElements(kind, name, { elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements?.clientSecret;
      const element = elements?.getElement("payment") ?? elements?.getElement("card");
      const { payment_method: method, payment_method_data: data, return_url: returnUrl, ...rest } = confirmParams;
      const fields = method
        ? { payment_method: method }
        : methodFields({ card: element, billing_details: data?.billing_details });
      const result = await confirm(kind, name, secret, fields.error ? fields : { ...rest, ...fields });
      if (result.error || redirect === "if_required") return result;
      const back = new URL(returnUrl ?? window.location.href, window.location.href);
      back.searchParams.set(kind.slice(0, -1), result[name].id);
      back.searchParams.set(`${kind.slice(0, -1)}_client_secret`, secret);
      back.searchParams.set("redirect_status", "succeeded");
      window.location.assign(back);
      return new Promise(() => {});
    }

    const PAYMENT = ["payment_intents", "paymentIntent"];
    const SETUP = ["setup_intents", "setupIntent"];
    return {
      elements: (options) => new Elements(options),
      async createPaymentMethod(options) {
        const element = options.elements?.getElement("payment") ?? options.card;
        const fields = methodFields({ card: element, billing_details: options.billing_details });
        if (fields.error) return { error: fields.error };
        const got = await call(key, "POST", "payment_methods", fields.payment_method_data);
        return got.error ? { error: got.error } : { paymentMethod: got.resource };
      },
      confirmCardPayment(clientSecret, given = {}, options = {}) {
        const { payment_method: method, ...rest } = given;
        const fields = methodFields(method);
        return confirm(...PAYMENT, clientSecret, fields.error ? fields : { ...rest, ...fields }, options);
      },
      confirmCardSetup(clientSecret, given = {}, options = {}) {
        const { payment_method: method, ...rest } = given;
        const fields = methodFields(method);
        return confirm(...SETUP, clientSecret, fields.error ? fields : { ...rest, ...fields }, options);
      },
      confirmPayment: (options) => confirmWithElements(...PAYMENT, options),
      confirmSetup: (options) => confirmWithElements(...SETUP, options),
      async handleNextAction({ clientSecret }) {
        const got = await retrieve(...PAYMENT, clientSecret);
        return got.error ? got : act(...PAYMENT, clientSecret, got.paymentIntent);
      },
      retrievePaymentIntent: (clientSecret) => retrieve(...PAYMENT, clientSecret),
      retrieveSetupIntent: (clientSecret) => retrieve(...SETUP, clientSecret),
    };
  }

  Stripe.version = "local";
  window.Stripe = Stripe;
})();
