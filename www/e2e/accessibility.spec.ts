/** axe finds nothing, in both themes, both languages, on a desk and on a phone held upright. */
import { expect, open, stepButton, test, violations } from './support.js';

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const theme of ['light', 'dark'] as const) {
  for (const lang of ['en', 'zh-CN'] as const) {
    for (const [name, viewport] of Object.entries(SIZES)) {
      test(`axe: ${theme}, ${lang}, ${name}`, async ({ page, site }) => {
        // Thousands of elements, three times over.
        test.setTimeout(180_000);
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme: theme });
        await open(page, site);
        if (lang === 'zh-CN') await page.keyboard.press('g');
        await expect(page.locator('tcp-playground')).toHaveAttribute('lang', lang);
        expect(await violations(page), 'at the beginning').toEqual([]);
        for (let i = 0; i < 14; i++) await stepButton(page).click();
        await page.keyboard.press('ArrowDown');
        expect(await violations(page), 'with a packet chosen').toEqual([]);
        await page.keyboard.press('?');
        expect(await violations(page), 'with a dialog open').toEqual([]);
      });
    }
  }
}

for (const [theme, lang, name] of [['light', 'en', 'desk'], ['dark', 'zh-CN', 'phone'], ['dark', 'en', 'desk']] as const) {
  test(`axe, what is opened later: ${theme}, ${lang}, ${name}`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await page.setViewportSize(SIZES[name]);
    await page.emulateMedia({ colorScheme: theme });
    await open(page, `${site}?scenario=backlog-overflow`);
    if (lang === 'zh-CN') await page.keyboard.press('g');
    for (let i = 0; i < 32; i++) await stepButton(page).click();
    for (const [key, element] of [['o', 'tcp-log'], ['i', 'tcp-pipeline'], ['w', 'tcp-workbench'], ['u', 'tcp-rules'], ['e', 'tcp-stops'], ['a', 'tcp-graphs'], ['f', 'tcp-timelines'], ['`', 'tcp-console']] as const) {
      await page.keyboard.press(key);
      await expect(page.locator(`${element} section`)).toBeVisible();
      if (key === '`') {
        for (const line of ['socket()', 'ss -tan', 'listen(3)', 'accept(3)']) {
          await page.keyboard.type(line);
          await page.keyboard.press('Enter');
        }
        await page.keyboard.type('bind(');
      }
      if (key === 'e') {
        await expect(page.locator('tcp-stops form.stop input')).toBeFocused();
        for (const line of ['rule == "RTO fired"', 'state == ESTABLISHED', 'cwndd']) {
          await page.keyboard.type(line);
          await page.keyboard.press('Enter');
        }
      }
      expect(await violations(page), element).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.locator('tcp-console').getByRole('radio').first().focus();
    await page.keyboard.press('q');
    await expect(page.locator('tcp-build-form select').first()).toBeVisible();
    expect(await violations(page), 'a packet under construction').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await expect(page.locator('tcp-call-form select').first()).toBeVisible();
    expect(await violations(page), 'the form of calls').toEqual([]);
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      document.querySelector('tcp-playground')?.perform('fork');
      document.querySelector('tcp-playground')?.perform('compare');
    });
    await expect(page.locator('tcp-compare section')).toBeVisible();
    expect(await violations(page), 'two timelines').toEqual([]);
  });
}
