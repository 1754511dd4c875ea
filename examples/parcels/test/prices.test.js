import assert from "node:assert/strict";
import { test } from "node:test";

import { price, zoneOf } from "../src/prices.js";

test("a kilogram that has begun counts", () => {
  assert.equal(price(1, "home"), 489);
  assert.equal(price(1001, "home"), 579);
});

test("a country that is not listed is far away", () => {
  assert.equal(zoneOf("nl"), "near");
  assert.equal(zoneOf("JP"), "far");
});
