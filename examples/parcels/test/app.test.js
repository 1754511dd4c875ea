import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createApp } from "../src/app.js";

let server;
let base;

before(async () => {
  server = createApp().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});

after(() => server.close());

const send = (body) =>
  fetch(`${base}/parcels`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("a parcel gets a number and a price", async () => {
  const response = await send({ to: "AT", grams: 1500 });
  assert.equal(response.status, 201);
  const parcel = await response.json();
  assert.equal(parcel.price, 1219);
  const found = await (await fetch(`${base}/parcels/${parcel.id}`)).json();
  assert.deepEqual(found, parcel);
});

test("all parcels are listed", async () => {
  await send({ to: "DE", grams: 200 });
  const parcels = await (await fetch(`${base}/parcels`)).json();
  assert.ok(parcels.some((parcel) => parcel.to === "DE"));
});

test("a parcel that weighs nothing is refused", async () => {
  assert.equal((await send({ to: "DE", grams: 0 })).status, 422);
});

test("an unknown parcel is not found", async () => {
  assert.equal((await fetch(`${base}/parcels/999`)).status, 404);
});
