// A new document begins with its customer: as soon as one is accepted, the document is written.

/** Write the document when the customer is chosen, by Enter or Tab. form: the form with the customer's field. */
export function start(form) {
  const customer = form.elements.customer;
  const more = form.querySelector("details");
  let sent = false;
  const write = () => {
    if (sent || more?.open || !customer.value.trim()) return;
    form.requestSubmit();
  };
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  customer.addEventListener("change", write);
  customer.focus();
}
