// o (the package "odata"): read, filter, make an order with two lines, post it, find its invoice.
import { o } from "odata";

const [base, token, item] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
const ask = () => o(`${base}/`, { headers });
const [customer] = await ask().get("customers").query({ $filter: "displayName eq 'Adatum'", $select: "number,displayName" });
const made = await ask().post("salesOrders", {
  customerNumber: customer.number,
  salesOrderLines: [
    { lineType: "Item", lineObjectNumber: item, quantity: 2 },
    { description: "Deliver before noon" },
  ],
}).query();
await ask().post(`salesOrders(${made.id})/Microsoft.NAV.shipAndInvoice`, {}).fetch();
const [invoice] = await ask().get("salesInvoices").query({
  $filter: `orderNumber eq '${made.number}'`,
  $expand: "salesInvoiceLines($select=quantity;$orderby=sequence)",
});
console.log(JSON.stringify({
  customer: customer.displayName,
  order: made.number,
  status: invoice.status,
  total: invoice.totalAmountExcludingTax,
  lines: invoice.salesInvoiceLines.map((line) => line.quantity),
}));
