/** Progress lines for the person who waits. Standard error, because standard output belongs to the command's answer. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Says `text`, runs `work`, and says every ten seconds that it still runs. */
export async function saying(text, work) {
  const startedAt = Date.now();
  say(`${text} …`);
  const timer = setInterval(() => {
    say(`  … vẫn đang chạy (${Math.round((Date.now() - startedAt) / 1000)} giây)`);
  }, 10_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
