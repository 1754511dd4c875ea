const ZONES = { DE: "home", AT: "near", CH: "near", FR: "near", NL: "near" };
const CENTS_PER_KILO = { home: 90, near: 160, far: 420 };
const BASE = { home: 399, near: 899, far: 1899 };

/** Which zone of prices a country is in. */
export function zoneOf(country) {
  return ZONES[country.toUpperCase()] ?? "far";
}

/** The price in cents; each kilogram that has begun counts. */
export function price(grams, zone) {
  return BASE[zone] + Math.ceil(grams / 1000) * CENTS_PER_KILO[zone];
}
