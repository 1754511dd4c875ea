// Opens pages in Chromium, on a screen and on a phone, by day and by night, and prints what is wrong as JSON.
//
//   node look_at_pages.mjs TOOLS CHROMIUM PAGE…      TOOLS has axe-core and puppeteer-core in its node_modules
//   SCREENSHOTS=DIR node look_at_pages.mjs …         keeps pictures, too
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, chromium, ...pages] = process.argv.slice(2);
const require = createRequire(join(tools, 'package.json'));
const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')));
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const screens = [[1280, 900, 'light'], [1280, 900, 'dark'], [390, 844, 'light'], [390, 844, 'dark'], [320, 640, 'light']];

const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] });
const seen = [];
for (const file of pages) {
  for (const [width, height, scheme] of screens) {
    const page = await browser.newPage();
    const requests = [], messages = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    page.on('dialog', (dialog) => { messages.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(pathToFileURL(file).href);
    const look = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }));
    if (process.env.SCREENSHOTS) {
      const name = `${basename(file, '.html')}-${width}-${scheme}.png`;
      await page.screenshot({ path: join(process.env.SCREENSHOTS, name), fullPage: true });
    }
    // The page forbids scripts; the checker is one.
    await page.setBypassCSP(true);
    await page.reload();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run());
    const problems = violations.map((one) => `${one.id}: ${one.nodes[0].target} ${one.nodes[0].failureSummary}`);
    seen.push({ file: basename(file), width, scheme, ...look, requests: [...new Set(requests)], messages, problems });
    await page.close();
  }
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
