import express from "express";

import { price, zoneOf } from "./prices.js";

/** Build the application; every test has one of its own. */
export function createApp() {
  const app = express();
  const parcels = new Map();
  app.use(express.json());

  app.get("/parcels", (request, response) => {
    response.json([...parcels.values()]);
  });

  app.post("/parcels", (request, response) => {
    const { to, grams } = request.body ?? {};
    if (typeof to !== "string" || !Number.isInteger(grams) || grams <= 0) {
      response.status(422).json({ error: "to is a country, grams a whole number above 0" });
      return;
    }
    const id = String(parcels.size + 1);
    const parcel = { id, to, grams, price: price(grams, zoneOf(to)), status: "accepted" };
    parcels.set(id, parcel);
    response.status(201).json(parcel);
  });

  app.get("/parcels/:id", (request, response) => {
    const parcel = parcels.get(request.params.id);
    if (parcel === undefined) {
      response.status(404).json({ error: "no such parcel" });
      return;
    }
    response.json(parcel);
  });

  return app;
}
