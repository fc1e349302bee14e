import { defineConfig } from '@playwright/test';

// The path that set-up found; without it, Playwright looks for its own.
const executablePath = process.env['CHROMIUM'];

/** Real-browser tests against the built dist/. */
export default defineConfig({
  testDir: 'www/e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // Patient: two cores may be busy with other things.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // A browser on busy cores stumbles now and then: what fails twice fails, what needed two tries is told as flaky.
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: {
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    actionTimeout: 20_000,
    launchOptions: {
      executablePath: executablePath === '' ? undefined : executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});
