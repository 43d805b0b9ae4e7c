// @odata/client: read, filter, make an order with two lines, post it, find its invoice.
import { OData } from "@odata/client";

const [base, token, item] = process.argv.slice(2);
const client = OData.New4({ serviceEndpoint: `${base}/`, commonHeaders: { Authorization: `Bearer ${token}` } });
const customers = client.getEntitySet("customers");
const [customer] = await customers.query(
  client.newOptions().filter(client.newFilter().field("displayName").eq("Adatum")).select(["number", "displayName"]),
);
const orders = client.getEntitySet("salesOrders");
const made = await orders.create({
  customerNumber: customer.number,
  salesOrderLines: [
    { lineType: "Item", lineObjectNumber: item, quantity: 2 },
    { description: "Deliver before noon" },
  ],
});
await orders.action("Microsoft.NAV.shipAndInvoice", made.id, {});
const invoices = client.getEntitySet("salesInvoices");
const [invoice] = await invoices.query(
  client.newOptions().filter(client.newFilter().field("orderNumber").eq(made.number)).expand("salesInvoiceLines"),
);
console.log(JSON.stringify({
  customer: customer.displayName,
  order: made.number,
  status: invoice.status,
  total: invoice.totalAmountExcludingTax,
  lines: invoice.salesInvoiceLines.map((line) => line.quantity),
}));
